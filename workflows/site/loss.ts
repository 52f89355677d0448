/** What a promotion at the other site would lose. Pure. */
import type { LossEstimate, PrimarySample, ServerFacts } from '../contracts/cluster';
import { duration } from '../contracts/words';
import { estimateLoss } from '../failover/estimate';

/**
 * The smaller of two bounds, neither of which is ever too small: from the last position of the primary that anybody saw, and from the
 * newest heartbeat at the other site. Commits arrive there in their order, so whatever was acknowledged before that heartbeat is there.
 * @param lostBy latest moment at which the primary can have acknowledged anything, UTC
 */
export function estimateSiteLoss(
  sample: PrimarySample | undefined,
  standIn: ServerFacts,
  lostBy: string,
): LossEstimate {
  const known = estimateLoss(sample, standIn, lostBy);
  const { heartbeatAt } = standIn;
  if (heartbeatAt === undefined) return known;
  const byHeartbeat = Math.max(0, Date.parse(lostBy) - Date.parse(heartbeatAt));
  if (known.ms !== null && known.ms <= byHeartbeat) return known;
  const basis = `newest heartbeat at ${standIn.service} is of ${heartbeatAt}, ${duration(byHeartbeat)} before the primary was lost at the latest`;
  return { ...known, ms: byHeartbeat, basis: known.ms === null ? basis : `${basis}; ${known.basis}` };
}
