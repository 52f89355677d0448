import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { Admin } from './admin';
import { forgetPause } from './pause-record';

/** Lets clients through again. Undo of the pause; does nothing when they are not held. @throws DR-POOLER */
export async function resumeClients(args: DatabaseAt): Promise<{ resumed: boolean; host: string }> {
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
