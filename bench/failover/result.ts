import type { Machine } from '../lib/machine';
import { summary, type Summary } from '../lib/statistics';
import type { Disaster, Outcome } from './outcome';

/** Bars the product is held against, milliseconds. Nothing fails when one is missed: a machine under load would lie. */
export const bars: Record<Disaster, number> = { kill: 700, freeze: 3500, switchover: 500 };

/** All runs of one disaster on one cluster. */
export interface Row {
  cluster: string;
  disaster: Disaster;
  /** Time without a write: the outage of a disaster, the longest gap of a switchover. */
  stall: Summary;
  sinceCommand: Summary;
  failed: Summary;
  /** Sum over the runs. */
  lost: number;
  /** Runs after which the old side was fenced. */
  fenced: number;
  /** Runs in which the old side, awake again, took writes; and how many in all. Only of a freeze. */
  splitBrain?: { runs: number; writes: number };
  outcomes: Outcome[];
}

/** Everything the bench measured: what `--json` prints. */
export interface FailoverResult {
  bench: 'failover';
  at: string;
  machine: Machine;
  /** Versions of what the product is measured beside. */
  beside: string;
  runs: number;
  rows: Row[];
  /** Runs that could not be measured, in words. */
  problems: string[];
  bars: typeof bars;
  method: string[];
}

export const method = [
  'Two clients write a row through a pooler (pgbouncer, the platform’s image and settings) every 5 ms, and come back 20 ms after they were turned away; after a disaster they give an answer 500 ms, in a switchover 15 s.',
  'No write for: from the last acknowledged write on the old timeline to the first on the new one; in a switchover the longest time between two acknowledged writes.',
  'Kill: SIGKILL to the container of the primary, manager included. Freeze: SIGSTOP to all its processes; a second after the first write on the new side they go on, and for 3 s the bench tries to write to the old server past the pooler.',
  'Fenced: when the first write on the new side came, the old container did not run and its restart policy was no.',
  'Patroni moves the pooler by its on_role_change callback, which is faster than a proxy that polls; it has no archive, which makes its promotion faster; no watchdog device exists in a container.',
  'The two Patroni clusters run beside each other, for they mostly wait; their switchovers, and everything else, one at a time. The old side is made anew between two runs, by the product itself or by the bench.',
  'The script is told of the death at once, so it is the floor: it detects nothing, measures no loss and asks nobody.',
];

/** Sums up the runs of one disaster on one cluster. */
export function rowOf(cluster: string, disaster: Disaster, outcomes: Outcome[]): Row {
  const of = (value: (one: Outcome) => number): Summary => summary(outcomes.map(value));
  const awake = outcomes.map((one) => one.oldSideWrites).filter((one) => one !== undefined);
  return {
    cluster,
    disaster,
    stall: of((one) => (disaster === 'switchover' ? one.longestGap : one.outage)),
    sinceCommand: of((one) => one.sinceCommand),
    failed: of((one) => one.failed),
    lost: outcomes.reduce((sum, one) => sum + one.lost, 0),
    fenced: outcomes.filter((one) => one.fenced).length,
    ...(awake.length > 0
      ? {
          splitBrain: { runs: awake.filter((one) => one > 0).length, writes: awake.reduce((sum, one) => sum + one, 0) },
        }
      : {}),
    outcomes,
  };
}
