/** The runs that a recovery of everything starts, each with its own lock, gates and report. */
import { controlQueue, recoveryLock } from '../contracts/names';
import type { ChildEnd } from '../kernel/child';
import type { Run } from '../kernel/run';
import type { System } from './context';

/** How long another run that has the lock is waited for, milliseconds: a guard may be at work on the same thing. */
const lockPatienceMs = 60_000;

/** Starts a procedure on one resource and waits how it ends. */
export function recoverWith(
  run: Run,
  { input }: System,
  what: { title: string; procedure: string; resource: string; input: Record<string, unknown> },
): Promise<ChildEnd> {
  const workflowId = recoveryLock(what.resource);
  const startedBy = {
    reason: `full-system recovery: ${input.reason}`.slice(0, 2000),
    by: input.by,
    ...(input.planHash === undefined ? {} : { planHash: input.planHash }),
    ...(input.approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs: input.approvalTimeoutMs }),
  };
  run.note(`${what.title}: run ${workflowId}; where it asks, it is answered by its own name`);
  const child = {
    procedure: what.procedure,
    workflowId,
    taskQueue: controlQueue,
    input: { ...startedBy, ...what.input },
  };
  return run.childResult(what.title, child, { lockPatienceMs });
}

/** Why a run did not bring its thing back; undefined: it did. */
export function whyNot(end: ChildEnd): string | undefined {
  if ('locked' in end) return `another run has ${end.locked}, and did not end in time`;
  return 'failed' in end ? end.failed.message : undefined;
}

/** What a run has measured of the data that was lost, milliseconds; null: not known. */
export const lossOf = (end: ChildEnd): number | null =>
  'report' in end ? (end.report.view.objectives?.achievedRpo ?? null) : null;

/** Ends that somebody wanted, or that somebody was asked for in vain: no other way is taken over their head. */
const byPerson = new Set(['DR-REJECTED', 'DR-ABORTED', 'DR-APPROVAL-EXPIRED']);

/** Another run that still has the lock counts as well: whoever is at work there decides. */
export const endedByPerson = (end: ChildEnd): boolean =>
  'locked' in end || ('failed' in end && byPerson.has(end.failed.code));
