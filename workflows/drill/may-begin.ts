/** Whether a test may begin now: not in a window that the plan forbids, and not while something is being recovered. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type * as evidence from '../../activities/evidence';
import type { Plan } from '../../plan';
import { closedAt } from '../contracts/blackouts';
import { controlQueue, incidentResource, recoveryLock, testLock } from '../contracts/names';
import type { Refusal } from '../contracts/recovery';
import { moment } from '../contracts/words';
import type { Run } from '../kernel/run';

// Asks the Temporal server itself: a quick answer, or a few quick tries.
const control = proxyActivities<Pick<typeof evidence, 'openRuns'>>({
  taskQueue: controlQueue,
  startToCloseTimeout: '20 seconds',
  scheduleToStartTimeout: '1 minute',
  retry: { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 5 },
});

/** How the ids begin of what a test must not disturb: incidents, and whatever changes a resource. */
const blocking = [incidentResource(''), recoveryLock('')];

/**
 * Ends the run where a test may not begin. A part of a test that has begun already is not asked again.
 * @throws Ended (refused, DR-TEST-NOT-NOW) naming the window and when it ends, and every run that is in the way
 */
export async function demandMayBegin(
  run: Run,
  { despiteBlackout, by }: { despiteBlackout?: string | undefined; by: string },
  { drills }: Plan,
): Promise<void> {
  if (run.drill || workflowInfo().parent?.workflowId.startsWith(testLock(''))) return;
  const open = await run.probe(
    'Look for incidents and recoveries',
    () => control.openRuns({ prefixes: blocking }),
    (found) => found.map(({ workflowId }) => workflowId).join(', ') || 'none runs',
  );
  const closed = closedAt(drills?.blackouts ?? [], Date.now());
  const reasons: string[] = [];
  if (open.length > 0) reasons.push(`no test begins while ${open.map(({ workflowId }) => workflowId).join(', ')} runs`);
  if (closed && despiteBlackout === undefined)
    reasons.push(
      `no test begins in window ${closed.name} of the plan (drills.blackouts); ${closed.until === undefined ? 'none of its windows has an end' : `the next moment is ${moment(closed.until)}`}`,
    );
  if (reasons.length > 0) return run.refuse([notNow(reasons, open.length > 0)]);
  if (closed) run.note(`begun in window ${closed.name} of the plan all the same, by ${by}: ${despiteBlackout ?? ''}`);
}

const notNow = (reasons: string[], busy: boolean): Refusal => ({
  code: 'DR-TEST-NOT-NOW',
  message: reasons.join('; '),
  next: busy
    ? 'Wait until it has ended (`dr show` it), then start the test again.'
    : 'Start it then; or now with `--despite-blackout WHY`, which is on record.',
});
