import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DrillCopy } from '../../workflows/contracts/drill';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { fromRoot } from '../shared/paths';
import { demandCopy } from './ours';
import { demandOwnFiles } from './own-files';

export interface LoseFile extends DrillCopy {
  /** Of the plan of the copy. */
  path: string;
  approval: ApprovalReference;
}

/**
 * Plants a lost file in the copy: it is removed. Safe to run again.
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's
 */
export async function loseFile(args: LoseFile): Promise<void> {
  demandApproval(args.approval);
  demandCopy(args);
  return withHeartbeat(`removing ${args.path}`, async () => {
    const file = resolve(fromRoot(args.path));
    await demandOwnFiles(args, dirname(file));
    await rm(file, { force: true });
  });
}
