import { rm } from 'node:fs/promises';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import { bundleBackupSchema, type BundleFacts, type BundlesAt } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { readRecord } from '../shared/backup-files';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { bundleFolder, openBundle } from './bundle-file';
import { bundleFacts } from './list-bundles';
import { checksum, putFile, type PlannedFile } from './place-files';
import { writeBundle } from './write-bundle';

export interface FormerFiles extends BundlesAt {
  /** Label of the bundle that holds the former files: that of the run which replaces them. */
  label: string;
  files: PlannedFile[];
}

/**
 * Keeps what is about to be replaced as a bundle of its own, beside the others and encrypted like them.
 * @returns undefined when nothing is replaced
 * @throws DR-BACKUP-FAILED, DR-SECRET
 */
export async function keepFormerFiles(args: FormerFiles & { platform: string }): Promise<BundleFacts | undefined> {
  const { site, kind, backups, label, platform, files } = args;
  return withHeartbeat('keeping the former files', async () => {
    const paths = files.filter((one) => one.now !== undefined).map((one) => one.path);
    if (paths.length === 0) return undefined;
    const about = { label, kind, platform, project: site.compose.project, images: [] };
    return bundleFacts(await writeBundle(bundleFolder(backups, kind, true), about, paths, backups));
  });
}

/**
 * The undo of `placeFiles`: what was replaced is put back from where it was kept, what was not there is removed. A file that
 * somebody has changed since is left alone.
 * @throws DR-APPROVAL-MISSING, DR-DRIFTED naming the file that was changed, DR-NO-BACKUP, DR-TOOL
 */
export async function putBackFiles(
  args: FormerFiles & { approval: ApprovalReference },
): Promise<{ written: string[] }> {
  demandApproval(args.approval);
  const { kind, backups, label, files } = args;
  return withHeartbeat('putting the former files back', async () => {
    const folder = bundleFolder(backups, kind, true);
    const kept = await readRecord(folder, label, bundleBackupSchema);
    const former = kept && (await openBundle(folder, kept, backups));
    const written: string[] = [];
    for (const { path, now, then } of files) {
      const there = await checksum(path);
      if (there === now) continue;
      if (there !== then)
        throw drFailure('DR-DRIFTED', `${path} was changed since the restore wrote it, and is left alone`, {
          next: 'Look at it. Skip leaves it as it is.',
        });
      const about = former?.manifest.files.find((one) => one.path === path);
      const content = former?.files.get(path);
      if (now === undefined) await rm(fromRoot(path), { force: true });
      else if (about && content) await putFile(about, content);
      else throw drFailure('DR-NO-BACKUP', `the former ${path} was kept as ${label}, and is not there any more`);
      written.push(path);
    }
    return { written };
  });
}
