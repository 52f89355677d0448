/**
 * What the `run` query answers and what the report is made of. Plain JSON: times are UTC ISO 8601 strings, durations
 * milliseconds. The view is a pure function of the run's history.
 */
import type { ApprovalReference } from './approval';

/** Where a run stands. `watching` and `alarm` are a guard's: all is well, or a person has to look. `undoing` is the way back after an abort, a rejection, an expiry or a cancel. */
export type RunState =
  | 'running'
  | 'watching'
  | 'alarm'
  | 'paused'
  | 'waiting-approval'
  | 'held'
  | 'undoing'
  | 'completed'
  | 'refused'
  | 'rejected'
  | 'expired'
  | 'aborted'
  | 'cancelled'
  | 'failed';

export const endStates: ReadonlySet<RunState> = new Set([
  'completed',
  'refused',
  'rejected',
  'expired',
  'aborted',
  'cancelled',
  'failed',
]);

/** States in which a run goes no further until somebody says something. */
export const needsPerson: ReadonlySet<RunState> = new Set(['waiting-approval', 'held', 'paused', 'alarm']);

/**
 * How a run is judged. `met`/`missed`: verified, within/over the objectives of its tier. `unproven`: verified in time, but
 * the loss could not be measured. `checked`: pre-flight only.
 * `copied`: stopped at the inspectable copy. `none`: it did not get that far.
 */
export type Verdict = 'met' | 'missed' | 'unproven' | 'checked' | 'copied' | 'none';

export type StepKind = 'probe' | 'change' | 'irreversible' | 'gate' | 'child' | 'undo';
export type StepState = 'running' | 'done' | 'failed' | 'skipped';

export interface StepView {
  /** Position on the timeline, from 1. */
  number: number;
  kind: StepKind;
  title: string;
  /** Phase of the runbook the step belongs to, e.g. `Restore`. */
  phase: string;
  state: StepState;
  startedAt: string;
  endedAt?: string;
  /** One sentence of what was found or done, with its numbers. */
  outcome?: string;
  error?: Problem;
  /** Tries by a person's `retry`, not Temporal's own retries. */
  attempts: number;
  /** What became of its undo: registered and not needed so far, done, left undone by a person, or given up for good. Absent: it has none. */
  undo?: 'open' | 'done' | 'failed' | 'dropped';
}

/** A failure as a person reads it. */
export interface Problem {
  code: string;
  message: string;
  /** What to do next. */
  next?: string;
}

/** One line of a card or of the facts section of a report. */
export interface Fact {
  label: string;
  value: string;
}

/** What a person approves: rendered, plus the hash that binds it to its facts and its run. */
export interface CardView {
  gate: string;
  hash: string;
  title: string;
  /** What will happen, in order. */
  will: string[];
  /** What is lost, measured. */
  loss: Fact[];
  facts: Fact[];
  /** A table such as rows per table now and after. */
  tables: { title: string; columns: string[]; rows: string[][] }[];
  /** What cannot be taken back, and what can. */
  warnings: string[];
  openedAt: string;
  expiresAt: string;
  onExpiry: string;
  approvers: string[];
  /** Exact lines to paste. */
  commands: { approve: string; reject: string; temporal: string };
}

export interface GateView {
  name: string;
  card: CardView;
  state: 'open' | 'approved' | 'rejected' | 'expired' | 'void' | 'retargeted';
  answer?: { by: string; reason: string; at: string; via: 'person' | 'policy' };
  /** Why an approval was voided: which fact drifted, from what to what. */
  voided?: string;
  closedAt?: string;
}

export interface HoldView {
  step: number;
  title: string;
  problem: Problem;
  choices: ('retry' | 'skip' | 'abort')[];
  since: string;
  commands: string[];
}

/** What a run wants of people beside gates and holds, and the exact lines to type. */
export interface TaskView {
  text: string;
  commands: string[];
}

export interface TimelineEntry {
  at: string;
  /** What happened, in a sentence. */
  text: string;
  kind: 'phase' | 'step' | 'gate' | 'person' | 'refused' | 'hold' | 'clock' | 'undo' | 'note';
}

/** Recovery objectives and what was measured. Milliseconds; absent = not known (yet). */
export interface ObjectivesView {
  tier: string;
  rto: number;
  rpo: number;
  /** Moment of the disaster as the operator or the facts give it. */
  disasterAt?: string;
  /** Start of the run: the disaster was declared. The RTO clock runs from here. */
  declaredAt: string;
  /** A committed write came back through the client path. The RTO clock stops here. */
  verifiedAt?: string;
  /** Time in which the run waited for a person (gates, holds, pauses). Contained in `elapsed`. */
  human: number;
  elapsed: number;
  /** `elapsed` without `human`. */
  machine: number;
  achievedRto?: number;
  achievedRpo?: number;
  rtoMet?: boolean;
  rpoMet?: boolean;
}

export interface EvidenceRef {
  title: string;
  path: string;
  sha256: string;
}

/** A run that this one has started and waits for, and that waits for a person. */
export interface ChildWaits {
  workflowId: string;
  state: RunState;
  /** What it waits for, in a sentence. */
  waitingFor: string;
}

export interface RunView {
  procedure: string;
  resource: string;
  workflowId: string;
  runId: string;
  mode: string;
  summary: string;
  state: RunState;
  verdict: Verdict;
  phase: string;
  /** What the run waits for, in a sentence; absent while it works. */
  waitingFor?: string;
  /** Runs it has started that wait for a person: they are answered by their own names. Absent: none. */
  waitsOn?: ChildWaits[];
  /** Who paused the run. Set from the word on: at an open gate or a hold the state shows that first. Gone once resumed. */
  pausedBy?: string;
  plan?: { hash: string; version: string; name: string };
  startedAt: string;
  endedAt?: string;
  objectives?: ObjectivesView;
  steps: StepView[];
  gates: GateView[];
  hold?: HoldView;
  /** Absent: nothing. Its facts are then worth a look at any time. */
  task?: TaskView;
  timeline: TimelineEntry[];
  facts: { title: string; facts: Fact[] }[];
  approvals: (ApprovalReference & { reason: string })[];
  evidence: EvidenceRef[];
  problems: Problem[];
}

/** What a procedure returns, and what is written beside its HTML page. */
export interface Report {
  view: RunView;
  /** Result of the procedure in its own terms. */
  result: Record<string, unknown>;
  /** Where the pages were written. */
  paths?: { json: string; html: string };
}
