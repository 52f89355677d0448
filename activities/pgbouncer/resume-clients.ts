import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { Admin } from '../shared/pooler-admin';
import { forgetPause } from './pause-record';

/**
 * Lets clients through again; does nothing when they are not held. In a cut-over it is the point of no return, and as the
 * undo of the pause it lets them write to whatever is there: so it demands the approval of the pause, or of what came after.
 * @throws DR-APPROVAL-MISSING, DR-POOLER
 */
export async function resumeClients(
  args: DatabaseAt & { approval: ApprovalReference },
): Promise<{ resumed: boolean; host: string }> {
  demandApproval(args.approval);
  const { pooler } = args.database;
  return withHeartbeat('letting clients through', () =>
    Admin.use(args, async (admin) => {
      const before = await admin.database();
      if (before.paused) await admin.run(`RESUME ${pooler.database}`);
      const after = await admin.database();
      if (after.paused)
        throw drFailure('DR-POOLER', `${pooler.service} still shows ${pooler.database} as paused after RESUME`, {
          retry: true,
        });
      await forgetPause(args);
      return { resumed: before.paused, host: after.host };
    }),
  );
}
