/**
 * Where a bundle lies in the open while a run works with it: a directory of the run's own that nobody else may enter, removed
 * however the run ends.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { activityInfo } from '@temporalio/activity';
import { bundleBackupSchema, type BundlesAt } from '../../workflows/contracts/bundle';
import { drFailure } from '../../workflows/contracts/errors';
import { readRecord } from '../shared/backup-files';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';
import { bundleFolder, entryName, openBundle, type OpenBundle } from './bundle-file';
import { demandOnlyOf } from './list-bundles';

export interface StagedAt extends BundlesAt {
  /** Bundle that is worked with. */
  label: string;
}

/** Folder of the calling run. */
export function stagingFolder(): string {
  const run = activityInfo().workflowExecution;
  return join(drHome(), 'staging', `${run?.workflowId ?? 'none'}-${(run?.runId ?? 'none').slice(-8)}`);
}

/** Where a file of the bundle lies in the open. */
export const stagedFile = (path: string): string => join(stagingFolder(), entryName(path));
/** Where the text lies that is to be written in its place, when it is another one than the bundle's. */
export const plannedFile = (path: string): string => join(stagingFolder(), 'planned', path.replace(/^\/+/, ''));

/**
 * Opens the bundle into the staging folder, verified against its manifest; what a former try has left is written over.
 * @throws DR-NO-BACKUP, DR-BACKUP-CORRUPT, DR-SECRET
 */
export async function stage({ kind, backups, label }: StagedAt): Promise<OpenBundle> {
  const folder = bundleFolder(backups, kind);
  const backup = await readRecord(folder, label, bundleBackupSchema);
  if (!backup) throw drFailure('DR-NO-BACKUP', `bundle ${label} of ${kind} is not there any more`);
  const opened = await openBundle(folder, backup, backups);
  demandOnlyOf(opened, backups[kind].files);
  const root = stagingFolder();
  await sweep(root);
  await mkdir(root, { recursive: true, mode: 0o700 });
  if (((await stat(root)).mode & 0o077) !== 0)
    throw drFailure('DR-TOOL', `the staging folder of this run may be entered by others than the worker's user`, {
      next: 'Nothing was decrypted. Remove `staging` in DR_HOME, then retry.',
    });
  for (const [path, content] of opened.files) await writeFileAtomically(stagedFile(path), content, 0o600);
  return opened;
}

/** What a run under the same lock has left that was terminated: it holds the lock no more, and nobody else removes it. */
async function sweep(root: string): Promise<void> {
  const lock = `${activityInfo().workflowExecution?.workflowId ?? 'none'}-`;
  const left = (await readdir(dirname(root)).catch(() => [])).filter(
    (name) => name.startsWith(lock) && name !== basename(root),
  );
  for (const name of left) await rm(join(dirname(root), name), { recursive: true, force: true });
}

/** What is to be written for a file: the planned text where there is one, else the bundle's. */
export async function plannedContent(path: string): Promise<Buffer> {
  return readFile(plannedFile(path)).catch(() => readFile(stagedFile(path)));
}

/** Removes it; what is gone is gone. */
export const unstage = (): Promise<void> => rm(stagingFolder(), { recursive: true, force: true });
