/** How the tests of the real layer start the procedures on files, and what they look at. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { drHome, root } from '../../activities/shared/paths';
import type { BundleFacts } from '../../workflows/contracts/bundle';
import { controlQueue } from '../../workflows/contracts/names';
import { project } from './names';
import { resultOf } from './runs';
import type { Shandi } from './shandi';

const locks = {
  backupConfiguration: 'backup.configuration',
  restoreConfiguration: 'recover.configuration',
  backupCertificates: 'backup.certificates',
  restoreCertificates: 'recover.certificates',
};

export const stateFolder = join(root(), 'platform', 'state', project);
export const backupsFolder = join(root(), 'platform', 'backups', project);
/** Where runs work with opened bundles: nothing may be left there. */
export const stagingIsEmpty = (workflowId: string, runId: string): boolean =>
  !existsSync(join(drHome(), 'staging', `${workflowId}-${runId.slice(-8)}`));

export const startOnFiles = (
  shandi: Shandi,
  procedure: keyof typeof locks,
  input: Record<string, unknown> = {},
): Promise<WorkflowHandle> =>
  shandi.client.workflow.start(procedure, {
    taskQueue: controlQueue,
    workflowId: locks[procedure],
    args: [{ reason: 'test', by: 'tester', ...input }],
  });

/** Takes a bundle; no images unless they are asked for. */
export async function takeBundle(
  shandi: Shandi,
  kind: 'configuration' | 'certificates',
  images = false,
): Promise<BundleFacts> {
  const handle =
    kind === 'configuration'
      ? await startOnFiles(shandi, 'backupConfiguration', { images })
      : await startOnFiles(shandi, 'backupCertificates');
  return (await resultOf(handle)).result['backup'] as BundleFacts;
}
