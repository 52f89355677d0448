/** Which standby may become the primary, and why the others may not. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { Refusal } from '../contracts/recovery';
import { bytes, duration } from '../contracts/words';
import { lsnBytes } from '../contracts/wal';

/** A standby with less free room than this would fill its disk within minutes as a primary, bytes. */
const minimumFree = 256 * 1024 * 1024;

export interface Wanted {
  /** What the primary was: the cluster and the timeline a standby must be of. Absent where nobody knows. */
  systemIdentifier?: string;
  timeline?: number;
  /**
   * The primary did not say so itself, a sample did, which may be of before a recovery or a switchover that nobody watched: a
   * standby on a later timeline is then no stray, and its loss is not known.
   */
  fromSample?: boolean;
  /** Last heartbeat that was acknowledged. */
  heartbeatAt?: string;
  /** Longest silence of a standby before the loss, milliseconds. */
  maxSilenceMs: number;
  /** The standby a person named; its silence is then theirs to judge, on the card. */
  named?: string;
}

export interface Choice {
  chosen?: ServerFacts;
  /** One per standby that may not be promoted. */
  refusals: Refusal[];
}

/** The standby that holds most among those that may be promoted; the named one when it may. */
export function choose(standbys: ServerFacts[], wanted: Wanted): Choice {
  const refusals: Refusal[] = [];
  const fit = standbys.filter((one) => {
    const against = objections(one, wanted);
    if (wanted.named !== undefined && one.service !== wanted.named) return false;
    if (against.length > 0) refusals.push(refusal(one, against));
    return against.length === 0;
  });
  if (wanted.named !== undefined && !standbys.some((one) => one.service === wanted.named))
    refusals.push({
      code: 'DR-INPUT',
      message: `standby to promote is ${JSON.stringify(wanted.named)}; the standbys now are: ${standbys.map((one) => one.service).join(', ') || 'none'}`,
      next: 'Name one of them, or none.',
    });
  if (standbys.length === 0)
    refusals.push({
      code: 'DR-STANDBY',
      message: 'the plan has no standby for this database',
      next: 'Restore it instead: `dr recover database NAME --latest`.',
    });
  const chosen = fit.sort((a, b) => lsnBytes(b.receivedLsn) - lsnBytes(a.receivedLsn))[0];
  return { ...(chosen ? { chosen } : {}), refusals };
}

const refusal = (one: ServerFacts, against: string[]): Refusal => ({
  code: 'DR-STANDBY',
  message: `standby ${one.service} cannot be promoted: ${against.join('; ')}`,
  next: 'Mend what is named and start again, or restore from the archive: `dr recover database NAME --latest`.',
});

/** Everything that speaks against a standby, at once. */
function objections(one: ServerFacts, wanted: Wanted): string[] {
  if (!one.answered) return [`it does not answer: ${one.problem ?? 'no reason known'}`];
  const silence = silenceOf(one, wanted.heartbeatAt);
  return [
    ...(one.inRecovery ? [] : [`it is not a standby: it takes writes on timeline ${one.timeline}`]),
    ...(wanted.systemIdentifier !== undefined && one.systemIdentifier !== wanted.systemIdentifier
      ? [`it holds another cluster (system ${one.systemIdentifier}, the primary was ${wanted.systemIdentifier})`]
      : []),
    ...(wanted.timeline !== undefined &&
    (one.timeline < wanted.timeline || (!wanted.fromSample && one.timeline > wanted.timeline))
      ? [`it is on timeline ${one.timeline}, the primary was on ${wanted.timeline}`]
      : []),
    ...(one.replayPaused ? ['its replay is paused: it would be promoted without the WAL it has received'] : []),
    ...(one.applyDelayMs > 0
      ? [`it replays ${duration(one.applyDelayMs)} late on purpose (recovery_min_apply_delay)`]
      : []),
    ...(one.freeBytes !== undefined && one.freeBytes < minimumFree
      ? [`its disk is nearly full: ${bytes(one.freeBytes)} left`]
      : []),
    ...(wanted.named === undefined && silence !== undefined && silence > wanted.maxSilenceMs
      ? [
          `it had not streamed for ${duration(silence)} (the plan allows ${duration(wanted.maxSilenceMs)}); name it to leave that to a person`,
        ]
      : []),
  ];
}

/** How long before the loss the standby had heard nothing: by the heartbeats, else by its receiver. */
function silenceOf(one: ServerFacts, lastAcknowledged: string | undefined): number | undefined {
  if (lastAcknowledged !== undefined && one.heartbeatAt !== undefined)
    return Math.max(0, Date.parse(lastAcknowledged) - Date.parse(one.heartbeatAt));
  return one.receiverSilenceMs;
}
