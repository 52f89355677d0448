import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { Database, Freeable, Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { findService } from '../shared/containers';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { findArguments, refuseData } from './freeable';

export interface FreeFiles {
  site: Site;
  entry: Freeable;
  /** Milliseconds since 1970; files changed since are left alone: those on the card, and no others. */
  olderThan: number;
  databases: Database[];
  approval: ApprovalReference;
}

/**
 * Removes the files of one entry of the plan in the container of its service. Safe to run again.
 * @returns how many were removed
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS for anything of PostgreSQL, DR-SERVICE when the container does not run, DR-TOOL
 */
export async function freeFiles(args: FreeFiles): Promise<{ files: number }> {
  demandApproval(args.approval);
  const { site, entry, olderThan, databases } = args;
  return withHeartbeat(`removing ${entry.name}`, async (_beat, signal) => {
    const info = await findService(site, entry.service);
    if (!info?.State.Running)
      throw drFailure('DR-SERVICE', `${entry.service} does not run, so ${entry.name} cannot be removed in it`, {
        retry: true,
      });
    await refuseData(site, info, entry, databases, signal);
    const command = ['find', ...findArguments(entry, olderThan), '-print', '-delete'];
    const { exitCode, stdout, stderr } = await execIn(site, info.Id, command, { signal, timeoutMs: 10 * 60_000 });
    if (exitCode !== 0)
      throw drFailure('DR-TOOL', `find ended with ${exitCode}: ${stderr.trim().slice(0, 300)}`, { retry: true });
    return { files: stdout.split('\n').filter(Boolean).length };
  });
}
