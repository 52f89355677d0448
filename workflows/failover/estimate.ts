/** What a promotion would lose if nothing were salvaged. Pure. */
import type { LossEstimate, PrimarySample, ServerFacts } from '../contracts/cluster';
import { lsnBytes } from '../contracts/wal';

/**
 * Estimates the loss from the last sample of the primary and from what the standby has. Never too small: what the primary
 * may have acknowledged between the sample and its silence is counted as lost.
 * @param silentSince when the first sign of the loss was seen, UTC; undefined: nobody can say for how long the primary went
 *   on after the sample
 */
export function estimateLoss(
  sample: PrimarySample | undefined,
  standby: ServerFacts,
  silentSince: string | undefined,
): LossEstimate {
  if (!sample)
    return {
      bytes: null,
      ms: null,
      transactions: null,
      sampleAgeMs: null,
      basis:
        'nobody watched the primary before it was lost, so its last position is not known (start a guard: `dr guard NAME`)',
    };
  if (standby.timeline > sample.timeline)
    return {
      bytes: null,
      ms: null,
      transactions: null,
      sampleAgeMs: null,
      basis: `the last known position of the primary is of timeline ${sample.timeline} (${sample.at}), ${standby.service} is on ${standby.timeline}: nobody has watched since, or somebody promoted it`,
    };
  const bytes = Math.max(0, lsnBytes(sample.lsn) - lsnBytes(standby.receivedLsn));
  const sampleAgeMs = silentSince === undefined ? null : Math.max(0, Date.parse(silentSince) - Date.parse(sample.at));
  const behind =
    bytes === 0 || standby.heartbeatAt === undefined
      ? 0
      : Math.max(0, Date.parse(sample.heartbeatAt) - Date.parse(standby.heartbeatAt));
  return {
    bytes,
    ms: sampleAgeMs === null || (bytes > 0 && standby.heartbeatAt === undefined) ? null : behind + sampleAgeMs,
    transactions: bytes === 0 ? 0 : Math.max(0, Number(BigInt(sample.nextXid) - BigInt(standby.nextXid))),
    sampleAgeMs,
    basis: `primary last seen at ${sample.lsn} (${sample.at}), standby has ${standby.receivedLsn}`,
  };
}
