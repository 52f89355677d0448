import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../plan';
import {
  bundleBackupSchema,
  type BundleBackup,
  type BundleFile,
  type BundleManifest,
} from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { readRecord, recordFile } from '../shared/backup-files';
import { fromRoot } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';
import { seal, sealedFile, sha256, unseal, type OpenBundle } from './bundle-file';
import { identitiesOf, recipientsOf } from './keys';

/** More than that is no configuration, bytes: something else lies among the files of the plan. It is decrypted in one go, between two heartbeats. */
const most = 50_000_000;

/**
 * Reads files, and keeps them as one encrypted bundle in `folder`. It is opened again and compared before the record of it is
 * written: without its record it is none. One that a former try has finished is returned.
 * @param paths as the plan writes them
 * @throws DR-BACKUP-FAILED, DR-SECRET
 */
export async function writeBundle(
  folder: string,
  about: Omit<BundleManifest, 'files' | 'takenAt'>,
  paths: string[],
  backups: Plan['backups'],
): Promise<BundleBackup> {
  const { label } = about;
  const before = await readRecord(folder, label, bundleBackupSchema);
  if (before) return before;
  const [recipients, identities] = await Promise.all([recipientsOf(backups), identitiesOf(backups)]);
  const takenAt = new Date().toISOString();
  const read = await readFiles(paths);
  const bundle: OpenBundle = { manifest: { ...about, takenAt, files: read.list }, files: read.contents };
  const sealed = await seal(bundle, recipients);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = sealedFile(folder, label);
  await writeFileAtomically(path, sealed, 0o600);
  await verify(path, bundle, identities).catch(async (error: Error) => {
    await rm(path, { force: true });
    throw drFailure('DR-BACKUP-FAILED', `bundle ${label} was written and cannot be used: ${error.message}`, {
      retry: true,
      next: 'Look at the disk of the backups, and whether identity and recipient of the plan belong together.',
    });
  });
  const backup: BundleBackup = { ...bundle.manifest, sha256: sha256(sealed), bytes: sealed.length };
  await writeFileAtomically(recordFile(folder, label), `${JSON.stringify(backup, undefined, 2)}\n`, 0o600);
  return backup;
}

async function readFiles(paths: string[]): Promise<{ list: BundleFile[]; contents: Map<string, Buffer> }> {
  const list: BundleFile[] = [];
  const contents = new Map<string, Buffer>();
  let total = 0;
  for (const path of paths) {
    const at = fromRoot(path);
    try {
      const { mode, uid, gid, size } = await stat(at);
      total += size;
      if (total > most) break;
      const content = await readFile(at);
      // What was read is what counts: the file may have been replaced in between.
      list.push({ path, mode: mode & 0o7777, uid, gid, size: content.length, sha256: sha256(content) });
      contents.set(path, content);
    } catch (error) {
      throw drFailure(
        'DR-BACKUP-FAILED',
        `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
        { retry: true },
      );
    }
  }
  if (total > most)
    throw drFailure(
      'DR-BACKUP-FAILED',
      `the files of the plan are more than ${most / 1e6} MB: they are no configuration`,
      {
        next: 'Take what does not belong there out of the `files` of the plan; data has backups of its own.',
      },
    );
  return { list, contents };
}

async function verify(path: string, { manifest }: OpenBundle, identities: string[]): Promise<void> {
  const back = await unseal(manifest.label, await readFile(path), identities);
  if (!isDeepStrictEqual(back.manifest, manifest)) throw new Error('its manifest reads otherwise');
}
