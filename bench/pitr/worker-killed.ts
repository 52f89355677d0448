import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { readState } from '../../scripts/control-plane/state';
import { log, ms } from '../lib/print';
import { summary, type Summary } from '../lib/statistics';
import type { Product } from './product';

export interface WorkerKilled {
  /** Milliseconds from SIGKILL to the start of the second attempt on the new worker, by what was under way. */
  restore: Summary;
  replay: Summary;
  all: Summary;
}

/** Activity to be interrupted, and how long it is left to work first: long enough to be in the middle of it. */
const interrupted = { restore: 'restoreCopy', replay: 'startCopy' } as const;
const leftToWork = 400;

/**
 * Kills the site's worker (SIGKILL) while it restores, and again while it replays, and waits until the work goes on on the
 * worker that the supervisor started in its place. Then the run is rejected at its gate and undoes itself, so the stand is
 * as it was.
 */
export async function measureWorkerKilled(product: Product, site: string, runs: number): Promise<WorkerKilled> {
  const times: Record<keyof typeof interrupted, number[]> = { restore: [], replay: [] };
  for (let round = 1; round <= runs; round += 1) {
    const handle = await product.start();
    for (const what of ['restore', 'replay'] as const) {
      const took = await killDuring(handle, interrupted[what], site);
      times[what].push(took);
      log(`worker killed during ${what}, ${round} of ${runs}: work goes on after ${ms(took)}`);
    }
    await product.answer(handle, 'reject');
    await handle.result().catch(() => undefined);
  }
  return {
    restore: summary(times.restore),
    replay: summary(times.replay),
    all: summary([...times.restore, ...times.replay]),
  };
}

async function killDuring(handle: WorkflowHandle, activity: string, site: string): Promise<number> {
  await pending(handle, activity, (one) => one.attempt === 1 && one.started);
  await sleep(leftToWork);
  const worker = readState()?.children[`site-${site}`];
  if (!worker) throw new Error(`no worker of site ${site} is running`);
  process.kill(worker, 'SIGKILL');
  const killedAt = Date.now();
  const again = await pending(handle, activity, (one) => one.attempt > 1 && one.started && one.startedAt > killedAt);
  return again.startedAt - killedAt;
}

interface Pending {
  attempt: number;
  started: boolean;
  startedAt: number;
}

/** Waits until an activity of the run is as wanted. @throws Error when that takes longer than two minutes */
async function pending(handle: WorkflowHandle, type: string, wanted: (one: Pending) => boolean): Promise<Pending> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
    const { raw } = await handle.describe();
    for (const one of raw.pendingActivities ?? []) {
      if (one.activityType?.name !== type) continue;
      const at = one.lastStartedTime;
      const seen = {
        attempt: one.attempt ?? 0,
        // 2 = PENDING_ACTIVITY_STATE_STARTED
        started: one.state === 2,
        startedAt: at ? Number(at.seconds ?? 0) * 1000 + (at.nanos ?? 0) / 1e6 : 0,
      };
      if (wanted(seen)) return seen;
    }
    if (raw.workflowExecutionInfo?.status !== 1) throw new Error(`the run ended while ${type} was waited for`);
  }
  throw new Error(`activity ${type} was not seen in time: too small a --size for it to be caught at work?`);
}
