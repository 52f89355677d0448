import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { Admin, AdminTimeout } from '../shared/pooler-admin';
import { forgetPause, notedByThisRun, notePause } from './pause-record';

export interface PausedClients {
  paused: boolean;
  /** Clients were cut because a transaction did not end in `pooler.pauseTimeout`. */
  killed: boolean;
  waitedMs: number;
  /** Somebody held them before this run did, so its undo must not let them in. */
  alreadyPaused: boolean;
}

export interface PauseClients extends DatabaseAt {
  approval: ApprovalReference;
  /** How long open transactions are waited for, milliseconds. Default: the plan's `pauseTimeout`. */
  drainMs?: number;
  /** What happens to transactions that do not end in time: cut (default), or left alone, and the pause is given up. */
  cut?: boolean;
}

/**
 * Holds clients at the pooler: waits for open transactions, then cuts them, unless that is not wanted. Clients keep their connections and wait for the
 * resume. Safe to run again.
 * @throws DR-APPROVAL-MISSING, DR-POOLER, DR-STALL when transactions do not end and may not be cut; nobody is held then
 */
export async function pauseClients(args: PauseClients): Promise<PausedClients> {
  demandApproval(args.approval);
  const { pooler } = args.database;
  const began = Date.now();
  return withHeartbeat('holding clients at the pooler', async () => {
    const before = await Admin.use(args, (admin) => admin.database());
    const alreadyPaused = before.paused && !(await notedByThisRun(args));
    if (!before.paused) await notePause(args);
    const drainMs = args.drainMs ?? pooler.pauseTimeout;
    let killed = !(before.paused || (await pause(args, drainMs)) || (await idle(args)));
    if (killed && args.cut === false) return giveUp(args, drainMs, alreadyPaused);
    return Admin.use(args, async (admin) => {
      if (killed) await admin.run(`KILL ${pooler.database}`);
      const held = { state: await admin.database(), busy: await admin.busyServers() };
      if (held.state.paused && held.busy > 0 && !killed) {
        // An earlier try left a PAUSE that is still waiting.
        if (args.cut === false) return giveUp(args, drainMs, alreadyPaused);
        await admin.run(`KILL ${pooler.database}`);
        killed = true;
      }
      if (!held.state.paused)
        throw drFailure('DR-POOLER', `${pooler.service} does not show ${pooler.database} as paused after PAUSE`, {
          retry: true,
        });
      return { paused: true, killed, waitedMs: Date.now() - began, alreadyPaused };
    });
  });
}

/** Nothing works for a client: what PAUSE still waits for is a connection to a server that is gone. */
const idle = (args: DatabaseAt): Promise<boolean> =>
  Admin.use(args, async (admin) => (await admin.busyServers()) === 0);

/** Nobody is cut; whom somebody else holds is left held. */
async function giveUp(args: DatabaseAt, drainMs: number, alreadyPaused: boolean): Promise<never> {
  if (!alreadyPaused) {
    await Admin.use(args, (admin) => admin.run(`RESUME ${args.database.pooler.database}`));
    await forgetPause(args);
  }
  throw drFailure(
    'DR-STALL',
    `open transactions did not end within ${drainMs} ms; nobody was cut, and the clients go on`,
  );
}

/** Whether open transactions ended in time. A console that gives up leaves the database paused and waiting. */
async function pause(args: DatabaseAt, timeoutMs: number): Promise<boolean> {
  const { pooler } = args.database;
  return Admin.use(args, async (admin) => {
    try {
      await admin.run(`PAUSE ${pooler.database}`, timeoutMs);
      return true;
    } catch (error) {
      if (error instanceof AdminTimeout) return false;
      throw error;
    }
  });
}
