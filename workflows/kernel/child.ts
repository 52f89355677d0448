/** Procedures that a procedure starts: each with its own id, lock, history and report. */
import type { Workflow } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { problemOf } from '../contracts/errors';
import { childSignal, standsSignal } from '../contracts/messages';
import { drillLock } from '../contracts/names';
import { needsPerson, type Problem, type Report, type RunState } from '../contracts/run-view';

export interface ChildProcedure {
  procedure: string;
  workflowId: string;
  taskQueue: string;
  input: unknown;
  /** Cancelled with whoever waits for it, and waited for then. Default false: what a child does outlives whoever started it. */
  endsWithCaller?: boolean;
}

/** The same procedure on the drill's copy of the platform. */
export const inDrill = (child: ChildProcedure): ChildProcedure => ({
  ...child,
  workflowId: drillLock(child.workflowId),
  // Its caller removes the copy at the end.
  endsWithCaller: true,
  input: { ...(child.input as Record<string, unknown>), drill: true },
});

/** How a child ended. `runId` of one that failed, where it began. `locked`: another run has its id, so it was not started. */
export type ChildEnd = { report: Report } | { failed: Problem; runId?: string } | { locked: string };

// What a child does outlives whoever started it: a recovery half-way is worse than one that nobody waits for.
const options = (child: ChildProcedure) => ({
  workflowId: child.workflowId,
  taskQueue: child.taskQueue,
  args: [child.input],
  parentClosePolicy: ParentClosePolicy.ABANDON,
  cancellationType: ChildWorkflowCancellationType.ABANDON,
});

const isLocked = (error: unknown): boolean => (error as Error).name === 'WorkflowExecutionAlreadyStartedError';

/** A start that is under way when its run is cancelled would never report back: it takes a moment, and is seen to its end. */
const started = (child: ChildProcedure): Promise<ChildWorkflowHandle<Workflow>> =>
  CancellationScope.nonCancellable(() => startChild(child.procedure, options(child)));

/** Starts it and does not wait. @returns its workflow id; one that runs already is as good */
export async function startDetached(child: ChildProcedure): Promise<string> {
  try {
    await started(child);
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
  return child.workflowId;
}

/** Starts it and does not wait. @returns whether it was started; false: another run has its id */
export async function startLocked(child: ChildProcedure): Promise<boolean> {
  try {
    await started(child);
    return true;
  } catch (error) {
    if (!isLocked(error)) throw error;
    return false;
  }
}

/** Starts it and waits for its end. */
export async function runChild(child: ChildProcedure): Promise<ChildEnd> {
  let runId: string | undefined;
  try {
    const { result, firstExecutionRunId } = await started(child);
    runId = firstExecutionRunId;
    const end = CancellationScope.nonCancellable(() => result());
    end.catch(() => undefined);
    if (child.endsWithCaller) return { report: (await withCaller(child.workflowId, end)) as Report };
    // Whoever is cancelled waits no longer; the child goes on.
    return { report: (await Promise.race([end, CancellationScope.current().cancelRequested])) as Report };
  } catch (error) {
    if (isLocked(error)) return { locked: child.workflowId };
    if (!(error instanceof ChildWorkflowFailure) || (isCancellation(error) && error.cause === undefined)) throw error;
    return { failed: problemOf(error), ...(runId === undefined ? {} : { runId }) };
  }
}

/** The end of a child that is cancelled with its caller. */
async function withCaller(workflowId: string, end: Promise<unknown>): Promise<unknown> {
  const { cancelRequested } = CancellationScope.current();
  try {
    return await Promise.race([end, cancelRequested]);
  } catch (error) {
    if (CancellationScope.current().consideredCancelled)
      await CancellationScope.nonCancellable(async () => {
        await getExternalWorkflowHandle(workflowId).cancel();
        await end.catch(() => undefined);
      });
    throw error;
  }
}

/** Pause between two tries to get a lock, milliseconds: it doubles, so that a long wait does not fill the history. */
const firstPauseMs = 500;
const longestPauseMs = 5_000;

/** The same; a run that has its id is waited for. @param patienceMs how long, milliseconds */
export async function whenUnlocked(child: ChildProcedure, patienceMs: number): Promise<ChildEnd> {
  const end = Date.now() + patienceMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    const ended = await runChild(child);
    if (!('locked' in ended) || Date.now() >= end) return ended;
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** How a child ended, in a sentence for the timeline. */
export function describeEnd(end: ChildEnd): string {
  if ('locked' in end) return `not started: another run has ${end.locked}`;
  return 'failed' in end ? `ended without success: ${end.failed.message}` : `ended, verdict ${end.report.view.verdict}`;
}

/** Tells the run that started this one, if any, that what it was started for stands. It may be over: then nobody hears it. */
export function tellParentItStands(): void {
  const { parent, workflowId } = workflowInfo();
  if (!parent) return;
  const handle = getExternalWorkflowHandle(parent.workflowId, parent.runId);
  void CancellationScope.nonCancellable(() => handle.signal(standsSignal, { workflowId })).catch(() => undefined);
}

/**
 * What a run tells the one that started it: when it needs a person, and when it does not any more. The one that started it may
 * be over, or be no run of ours: then nobody hears it, and nobody has to.
 */
export function tellingParent(): ((state: RunState, waitingFor: string | undefined) => void) | undefined {
  const { parent, workflowId } = workflowInfo();
  if (!parent) return undefined;
  const handle = getExternalWorkflowHandle(parent.workflowId, parent.runId);
  let told = '';
  return (state, waitingFor = '') => {
    const waits = needsPerson.has(state);
    const word = waits ? `${state} ${waitingFor}` : '';
    if (word === told) return;
    told = word;
    void CancellationScope.nonCancellable(() => handle.signal(childSignal, { workflowId, state, waitingFor })).catch(
      () => undefined,
    );
  };
}
