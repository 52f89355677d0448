/** Words of the procedure `periodicReport`: its input, the facts it gathers, and the report that comes of them. */
import { z } from 'zod';
import type { IncidentFacts } from './incident';
import { startedBy } from './input';
import { periodForm, periodOf, reportKinds, type Period } from './period';
import type { DatabaseAt } from './recovery';
import type { RunState, Verdict } from './run-view';
import type { TaskFact } from './tasks';

const { reason, by, planHash } = startedBy;

export const periodicReportInputSchema = z
  .strictObject({
    kind: z
      .enum(reportKinds, { error: `expected ${reportKinds.join(', ')}` })
      .describe('daily, weekly, monthly, quarterly or annual'),
    period: z
      .string()
      .max(20)
      .optional()
      .describe('2026-11-27, 2026-W48, 2026-11, 2026-Q4 or 2026, UTC; default: the newest of the kind that is over'),
    send: z
      .boolean()
      .default(false)
      .describe('whether a summary is sent by the channels of the plan. Default false; a dead channel fails nothing'),
    reason,
    by,
    planHash,
  })
  .superRefine(({ kind, period }, context) => {
    if (period !== undefined && !periodOf(kind, period))
      context.addIssue({
        code: 'custom',
        path: ['period'],
        message: `expected ${periodForm[kind]}, for a ${kind} report`,
      });
  });
export type PeriodicReportInput = z.infer<typeof periodicReportInputSchema>;

/**
 * What a run counts as. `recovery`: of what serves. `rehearsal`: the same on a drill's copy. `test`: a test that judges criteria.
 * `backup`, `incident`; `other`: everything else, such as messages, checks and copies for inspection.
 */
export type RunRole = 'recovery' | 'rehearsal' | 'test' | 'backup' | 'incident' | 'other';

/** A finished run, in few words. Times UTC, durations milliseconds; absent: not known. */
export interface RunFact {
  workflowId: string;
  runId: string;
  procedure: string;
  resource: string;
  role: RunRole;
  state: RunState;
  verdict: Verdict;
  /** A test that was ended because what serves comes first: it neither passed nor failed. */
  stopped?: true;
  startedAt: string;
  endedAt: string;
  tier?: string;
  rto?: number;
  rpo?: number;
  /** From declaration to verification, waits for people included. */
  achievedRto?: number;
  achievedRpo?: number;
  /** Of `achievedRto`: time in which it could do nothing but wait for a person. */
  human?: number;
  disasterAt?: string;
  declaredAt?: string;
  verifiedAt?: string;
  /** First problem it names. */
  problem?: string;
}

/** How often a procedure ended in the period. */
export interface RunCount {
  procedure: string;
  role: RunRole;
  completed: number;
  /** Ended in any other way. */
  failed: number;
}

/** What a report remembers of the plan, so that the next one can say what has changed. Fingerprints, no values. */
export interface PlanMarks {
  planHash: string;
  planVersion: string;
  /** By role: fingerprint of its phone, e-mail and place in the order. */
  contacts: Record<string, string>;
  services: string[];
  /** By name of a site or database: fingerprint of what it is made of. */
  infrastructure: Record<string, string>;
}

/** What the reports on the control worker's machine tell. */
export interface GatheredRuns {
  /** Recoveries, rehearsals, tests and incidents that ended in the trend, oldest first. */
  runs: RunFact[];
  /** Of the period alone. */
  counts: RunCount[];
  /** Files that are no report, and runs that were left out because they are too many. */
  unreadable: number;
  leftOut: number;
  /** When the oldest run ended whose report is still there, UTC; absent: there is none. */
  oldest?: string;
  /** The newest periodic report that was made before. */
  before?: { workflowId: string; madeAt: string; marks: PlanMarks };
}

export interface GatherRuns {
  /** First moment of the trend, UTC. */
  from: string;
  period: Pick<Period, 'from' | 'to'>;
}

/** What the Temporal server tells of a schedule. */
export interface ScheduleFact {
  name: string;
  paused: boolean;
  /** Firings that ended in the period, as far as the server keeps them. */
  completed: number;
  failed: number;
  /** Since the schedule was made: the server keeps no more than the sum. */
  skippedOverlap: number;
  missed: number;
}

/** What only the Temporal server knows. */
export interface ServerFacts {
  schedules: ScheduleFact[];
  /** Runs that wait for a person now. */
  waiting: { workflowId: string; state: string; since: string }[];
  /** Runs that ended in the period and left no report on the control worker's machine, such as terminated ones; 20 at most. */
  unreported: string[];
  /** For how long the server keeps what has ended, milliseconds; absent: it does not say. */
  keepsMs?: number;
}

/** Span of time, milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** What is known of a database in one period of the trend, milliseconds; the sum is the period as far as it has passed. */
export interface KnownTime {
  period: string;
  upMs: number;
  downMs: number;
  unknownMs: number;
}

export interface ReadAvailability extends DatabaseAt {
  /** Periods of the trend, as far as they have passed. */
  periods: { name: string; from: string; to: string }[];
  /** Outages that finished runs have measured, UTC. */
  outages: { from: string; to: string }[];
}

/** When a database took writes, as its observers saw it. */
export interface Availability {
  database: string;
  known: KnownTime[];
  /** Times in the last period in which it took none, longest first; 20 at most. UTC. */
  down: { from: string; to: string }[];
  /** Sites whose observers were heard. */
  observers: string[];
}

/** Backups of one thing, as they lie where they are kept. */
export interface KeptBackups {
  /** `database shandi`, `store redis`, `configuration`. */
  what: string;
  /** Finished backups that are kept. */
  kept: number;
  /** Those of them that were taken in the period. */
  taken: number;
  /** Older ones may be there, too: only the newest were looked at. */
  atLeast?: true;
  /** UTC; absent: there is none. */
  newest?: string;
  oldest?: string;
  /** In words: label, kind, size. */
  newestIs?: string;
  bytes: number;
  /** Why the newest ones cannot be used, or what is wrong with others, a sentence each; three at most. */
  faults: string[];
}

export interface KeptInRepository extends DatabaseAt {
  /** UTC. */
  from: string;
  to: string;
}

/** Plan against the Compose files of its sites. */
export interface ComposeFacts {
  /** A sentence each; 20 at most. */
  differences: string[];
  more: number;
  /** What made the comparison weaker than it could be. */
  notes: string[];
}

/** What was asked and did not answer is a sentence in `silent`, never a value. */
export interface PeriodFacts {
  runs: GatheredRuns;
  server?: ServerFacts;
  availability: Availability[];
  backups: KeptBackups[];
  compose?: ComposeFacts;
  /** The platform as it was when the report was made; absent: it was not looked at. */
  health?: IncidentFacts;
  /** Of finished runs, closed ones, too. */
  tasks?: TaskFact[];
  silent: string[];
}

/** Mean, median and worst of several values; milliseconds. */
export interface Spread {
  count: number;
  mean: number;
  median: number;
  worst: number;
}

/** What recoveries come to. Absent: none was measured. */
export interface RecoveryKpis {
  /** Recoveries that began to act and have ended. */
  ended: number;
  verified: number;
  /** Ended without a verified recovery. */
  unrecovered: number;
  /** Refused before anything was changed; not among `ended`. */
  refused: number;
  /** From declaration to verification: mean is MTTR. */
  time?: Spread;
  /** The part of it in which the run waited for people, and the rest. */
  human?: Spread;
  machine?: Spread;
  /** Measured loss. */
  loss?: Spread;
  /** Verified recoveries whose loss could not be measured. */
  lossUnknown: number;
  met: number;
  missed: number;
  unproven: number;
}

/** One period of a trend. */
export interface TrendPoint {
  period: string;
  recoveries: RecoveryKpis;
  rehearsals: RecoveryKpis;
}

/** How it stands: `bad` needs work, `warn` a look. */
export interface Finding {
  tone: 'good' | 'warn' | 'bad';
  text: string;
}

/** Why the plan must be looked at. */
export interface Trigger {
  /** Tells it apart from others, and is the same in every report that finds it. */
  key: string;
  kind: 'service' | 'contact' | 'infrastructure' | 'test' | 'compose';
  /** Why, in a sentence. */
  because: string;
}

/** A report of a period, as data. */
export interface PeriodicReport {
  period: Period;
  title: string;
  /** UTC. */
  madeAt: string;
  /** The period is not over: it is known up to `madeAt` only. */
  soFar: boolean;
  plan: { name: string; version: string; hash: string; organisation: string };
  findings: Finding[];
  recoveries: RecoveryKpis;
  rehearsals: RecoveryKpis;
  /** Of the period, oldest first. */
  runs: RunFact[];
  trend: TrendPoint[];
  facts: Omit<PeriodFacts, 'runs' | 'tasks'> & { runs: Omit<GatheredRuns, 'runs'> };
  triggers: Trigger[];
  /** Lessons and reasons that are open, those of this report included. */
  tasks: TaskFact[];
  /** false: those of earlier runs could not be read. */
  tasksKnown: boolean;
  marks: PlanMarks;
}
