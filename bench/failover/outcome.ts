import type { Acknowledged } from './client';

export const disasters = ['kill', 'freeze', 'switchover'] as const;
export type Disaster = (typeof disasters)[number];

/** One disaster, as the clients and a look from outside saw it. Milliseconds. */
export interface Outcome {
  /** From the last write acknowledged on the old timeline to the first one on the new: nobody could write. */
  outage: number;
  /** From the start of the command that made the disaster to the first write on the new timeline. */
  sinceCommand: number;
  /** Longest time between two acknowledged writes, from the command to the end of the measurement. */
  longestGap: number;
  /** Transactions that failed or were given up in that time. */
  failed: number;
  /** What they said, each once. */
  failures: string[];
  /** Rows acknowledged to the clients and not on the new primary. */
  lost: number;
  /** At the first write on the new side the old server's container did not run, and nothing would have started it again. */
  fenced: boolean;
  /** Writes that the old side took after the new side had taken one; undefined where nothing was tried. */
  oldSideWrites?: number;
}

/** What the clients saw of one disaster. @param from when the command began, `performance.now()` */
export function seen(
  clients: { acknowledged: readonly Acknowledged[]; failed: readonly { at: number; why: string }[] },
  oldTimeline: number,
  from: number,
): Pick<Outcome, 'outage' | 'sinceCommand' | 'longestGap' | 'failed' | 'failures'> {
  const acknowledged = [...clients.acknowledged].sort((a, b) => a.at - b.at);
  const first = acknowledged.find((one) => one.timeline > oldTimeline);
  if (!first) throw new Error(`no write was acknowledged on a timeline after ${oldTimeline}`);
  // A frozen server that wakes up may acknowledge again, later; the outage began before.
  const last = acknowledged.filter((one) => one.timeline <= oldTimeline && one.at < first.at).at(-1);
  let longestGap = 0;
  acknowledged.forEach((one, index) => {
    const before = acknowledged[index - 1];
    if (before && one.at > from) longestGap = Math.max(longestGap, one.at - before.at);
  });
  const failed = clients.failed.filter((one) => one.at > from);
  return {
    outage: first.at - (last?.at ?? from),
    sinceCommand: first.at - from,
    longestGap,
    failed: failed.length,
    failures: [...new Set(failed.map((one) => one.why))].slice(0, 8),
  };
}
