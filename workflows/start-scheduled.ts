/**
 * What a Temporal Schedule starts. A schedule appends the moment to the id of what it starts, and the id of a procedure is
 * its lock: so it starts this, which has none, and starts the procedure under its lock, waits how it ends, and says so.
 */
import {
  CancellationScope,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type * as evidence from '../activities/evidence';
import { drFailure, problemOf } from './contracts/errors';
import { isTest } from './contracts/kinds';
import { childSignal } from './contracts/messages';
import { controlQueue } from './contracts/names';
import { parseOutside } from './contracts/outside';
import { startScheduledInputSchema, type Scheduled } from './contracts/scheduled';
import { notReady } from './contracts/words';
import { describeEnd, runChild, type ChildEnd } from './kernel/child';

// Starts a program that reads the whole history of a run and all its files; a second try finds what the first one made.
const { exportEvidence } = proxyActivities<Pick<typeof evidence, 'exportEvidence'>>({
  taskQueue: controlQueue,
  startToCloseTimeout: '5 minutes',
  scheduleToStartTimeout: '1 minute',
  retry: { maximumAttempts: 2 },
});

/**
 * The workflow `startScheduled`; no procedure of its own. @param raw one JSON object: see `startScheduledInputSchema`
 * @returns what became of it; a procedure whose lock another run has is not started, and a test may not begin at any
 *   time: neither is a failure
 * @throws DR-INPUT; DR-SCHEDULED when it ended without success, or not within its window (it goes on by itself then)
 */
export async function startScheduled(raw: unknown): Promise<Scheduled> {
  const parsed = parseOutside(startScheduledInputSchema, raw, 'input of startScheduled');
  if (!parsed.ok) throw drFailure('DR-INPUT', parsed.faults.join('\n'));
  const { schedule, procedure, workflowId, input, windowMs } = parsed.value;
  const about = { schedule, procedure, workflowId };
  setHandler(childSignal, ({ state, waitingFor }) =>
    setCurrentDetails(waitingFor ? `${workflowId} is ${state}: ${waitingFor}` : `${workflowId} works`),
  );
  const end = await within(runChild({ procedure, workflowId, taskQueue: controlQueue, input }), windowMs);
  if (end === undefined)
    throw drFailure(
      'DR-SCHEDULED',
      `${workflowId} did not end within the ${windowMs} ms of schedule ${schedule}; it goes on`,
    );
  // No failure of anybody: the plan, or a recovery, has the word at this time.
  if ('failed' in end && end.failed.code === 'DR-TEST-NOT-NOW') {
    const reason = `skipped: ${end.failed.message}`;
    setCurrentDetails(reason);
    return { ...about, outcome: 'skipped', says: reason };
  }
  const says = 'locked' in end ? `skipped: another run has the lock ${end.locked}` : describeEnd(end);
  setCurrentDetails(says);
  const kept = isTest(procedure) && patched('evidence-bundle') ? await bundleOf(end, about) : {};
  const and = describeBundle(kept);
  setCurrentDetails(`${says}${and}`);
  if ('failed' in end)
    throw drFailure('DR-SCHEDULED', `${workflowId} of schedule ${schedule} ${says} (${end.failed.code})${and}`);
  if ('locked' in end) return { ...about, outcome: 'skipped', says };
  const { view, paths } = end.report;
  // It went through, and what it found must not look well in the list of schedules.
  const missing = notReady(view);
  if (missing)
    throw drFailure('DR-SCHEDULED', `${workflowId} of schedule ${schedule}: ${missing.message} (${missing.code})`);
  const report = paths ? { report: paths.html } : {};
  return { ...about, outcome: 'completed', says, verdict: view.verdict, ...report, ...kept };
}

/** The evidence of a test is bundled once it has ended: only then its history is whole. What becomes of the bundle changes nothing of the test. */
async function bundleOf(
  end: ChildEnd,
  { schedule, workflowId }: { schedule: string; workflowId: string },
): Promise<Pick<Scheduled, 'bundle'>> {
  if ('locked' in end) return {};
  // Another run may have taken the id since: it is told by its own.
  const runId = 'report' in end ? end.report.view.runId : end.runId;
  const run = runId === undefined ? {} : { runId };
  try {
    return { bundle: await exportEvidence({ workflowId, ...run, by: `schedule ${schedule}` }) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { bundle: { missing: problemOf(error).message } };
  }
}

function describeBundle({ bundle }: Pick<Scheduled, 'bundle'>): string {
  if (!bundle) return '';
  return 'head' in bundle ? `; evidence bundle ${bundle.path}, head ${bundle.head}` : `; ${bundle.missing}`;
}

/** @returns undefined when the time was over first */
async function within(end: Promise<ChildEnd>, windowMs: number | undefined): Promise<ChildEnd | undefined> {
  if (windowMs === undefined) return end;
  const timer = new CancellationScope();
  const over = timer.run(() => sleep(windowMs).then(() => undefined));
  // Told to stop once the run has ended.
  over.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  try {
    return await Promise.race([end, over]);
  } finally {
    timer.cancel();
  }
}
