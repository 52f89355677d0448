import { stat } from 'node:fs/promises';
import { bundleBackupSchema, type BundlesAt } from '../../workflows/contracts/bundle';
import type { ChangedFiles } from '../../workflows/contracts/incident';
import { hashOf, readRecords } from '../shared/backup-files';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { bundleFolder } from './bundle-file';

/**
 * Which files of the newest bundle are other than in it, or gone. Needs no key: what is compared are checksums, and no bundle is
 * opened. Env files and databases files change with every cut-over, so a change alone proves nothing.
 */
export async function changedFiles({ backups, kind }: BundlesAt): Promise<ChangedFiles> {
  return withHeartbeat('comparing files with the newest bundle', async (_beat, signal) => {
    const [newest] = await readRecords(bundleFolder(backups, kind), bundleBackupSchema);
    if (!newest) return { files: [] };
    const { label, takenAt } = newest;
    const judged = await Promise.all(
      newest.files.map(async ({ path, sha256, size }): Promise<ChangedFiles['files'][number] | undefined> => {
        try {
          const at = fromRoot(path);
          const { size: now, mtime } = await stat(at);
          // As large as it was, and as it was: it has to be read to know.
          const same = now === size && (await hashOf(at)).sha256 === sha256;
          return same ? undefined : { path, state: 'changed', changedAt: mtime.toISOString() };
        } catch (error) {
          signal.throwIfAborted();
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, state: 'missing' };
          return { path, state: 'changed' };
        }
      }),
    );
    return { bundle: { label, takenAt }, files: judged.filter((one) => one !== undefined) };
  });
}
