/** What is remembered of a run that has ended: as much of its report as others are judged by. */
import { isTest, kindOf } from './kinds';
import type { RunState, Verdict } from './run-view';

export interface PastRun {
  procedure: string;
  /** Of the platform, also where the run worked on the drill's copy: `database.shandi`. */
  resource: string;
  /** It worked on the drill's copy. */
  drill: boolean;
  workflowId: string;
  runId: string;
  state: RunState;
  verdict: Verdict;
  mode: string;
  /** Hash of the plan that it pinned; absent: it ended before. */
  planHash?: string;
  startedAt: string;
  endedAt: string;
  /** Tier that judged it, and what it achieved, milliseconds; absent: not measured. */
  tier?: string;
  /** The RTO of that time, milliseconds. */
  rto?: number;
  achievedRto?: number;
  achievedRpo?: number;
  /** Of its first problem. */
  code?: string;
  problem?: string;
  /** A step of it failed: an abort by a person was no change of mind. */
  failedStep: boolean;
  /** It found nothing to do. */
  notNeeded: boolean;
  /** Of a recovery of the whole system: nothing of it ran when it began. */
  allDown?: true;
  /** Of an incident: the scenario that was chosen; of a test of one: that one. */
  scenario?: string;
  /** Of a run that told people: what a channel took. */
  told?: { channel: string; target: string; at: string }[];
}

/**
 * What a run that has ended says of whatever it was for. `nothing`: a person changed his mind, there was nothing to do, or a test
 * had no chance to find out.
 */
export type Outcome = 'proved' | 'failed' | 'nothing';

/** Codes of runs that completed and reached nobody. */
const unheard = ['DR-NOBODY-TOLD', 'DR-UNACKNOWLEDGED'];

/** Of a test that might not begin at its time: it has tested nothing. */
const testNotBegun = 'DR-TEST-NOT-NOW';
/** Of a test that was ended because what serves comes first: what it would have found is not known. */
export const testStopped = 'DR-TEST-STOPPED';

interface Ended {
  procedure: string;
  state: RunState;
  /** Of its first problem. */
  code?: string | undefined;
}

/** Whether a run is a test that never came to test anything: it might not begin, or was asked for what it cannot do. */
export const notBegun = ({ procedure, state, code }: Ended): boolean =>
  code === testNotBegun || (state === 'refused' && isTest(procedure) && !kindOf(procedure).refusalFails);

/** Whether a run proved what it was for. */
export function outcomeOf(run: PastRun): Outcome {
  if (run.notNeeded || notBegun(run) || run.code === testStopped) return 'nothing';
  switch (run.state) {
    case 'completed':
      if (run.code !== undefined && unheard.includes(run.code)) return 'failed';
      if (['met', 'missed', 'unproven'].includes(run.verdict)) return 'proved';
      return run.verdict === 'none' && kindOf(run.procedure).unjudged ? 'proved' : 'nothing';
    case 'refused':
      // A person's wrong input says nothing; the missing backup that a restore test is refused for is what it looks for.
      return kindOf(run.procedure).refusalFails ? 'failed' : 'nothing';
    case 'aborted':
      return run.code === 'DR-ABORTED' && !run.failedStep ? 'nothing' : 'failed';
    case 'failed':
      return 'failed';
    // Somebody said no or ended it, or nobody said anything; the others have not ended.
    case 'rejected':
    case 'expired':
    case 'cancelled':
    case 'running':
    case 'watching':
    case 'alarm':
    case 'paused':
    case 'waiting-approval':
    case 'held':
    case 'undoing':
      return 'nothing';
  }
}
