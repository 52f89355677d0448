/** Up to when a witness may expect its rows. */
import { utcTime } from '../contracts/moments';
import type { RecoveryTarget } from '../contracts/pitr';
import type { PausedCopy } from '../contracts/recovery';

/**
 * For a target that is a time, that very time: what was replayed must not be judged by what was replayed, or a recovery
 * that stopped minutes too early would pass. The other targets name no moment, so the last commit in the copy has to do.
 * @returns UTC with microseconds; undefined when the moment is not known
 */
export function witnessedUntil(target: RecoveryTarget, copy: Pick<PausedCopy, 'lastCommitAt'>): string | undefined {
  return target.kind === 'time' ? utcTime(target.time) : copy.lastCommitAt;
}
