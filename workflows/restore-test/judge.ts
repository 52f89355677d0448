/** What a restore test is judged by. Pure. */
import { utcTime } from '../contracts/moments';
import { describeTarget, type RecoveryTarget } from '../contracts/pitr';
import type { Inspection, PausedCopy } from '../contracts/recovery';
import { count, duration, known } from '../contracts/words';
import { amcheckWords, damageOf } from '../pitr/restore';
import type { Criterion } from '../steps/judge-criteria';

/** Each criterion with what was found; what nobody looked at has not passed. */
export function judgeCopy(
  target: RecoveryTarget,
  copy: PausedCopy,
  inspection: Inspection,
  { tookMs, tier }: { tookMs: number; tier: { name: string; rto: number } },
): Criterion[] {
  const { amcheck, checksumFailures, businessQueries, tables } = inspection;
  const rows = tables.reduce((sum, one) => sum + (one.after ?? 0), 0);
  return [
    { name: 'Stands at its target', ...stands(target, copy) },
    { name: 'Rows', ok: rows > 0, says: `${count(rows)} in ${count(tables.length)} tables` },
    { name: 'Page checksums', ok: checksumFailures === 0, says: `${count(checksumFailures)} failures` },
    {
      name: 'amcheck',
      ok: amcheck.checked && damageOf({ ...inspection, checksumFailures: 0 }).length === 0,
      says: amcheckWords(inspection),
    },
    ...businessQueries.map(({ name, ok, value, expected, note }) => ({
      name: `Business query ${name}`,
      ok,
      says: `${known(value, count)}, expected ${expected}${note ? ` (${note})` : ''}`,
    })),
    {
      name: `RTO of tier ${tier.name}`,
      ok: tookMs <= tier.rto,
      says: `restored and inspected in ${duration(tookMs)}, allowed ${duration(tier.rto)}`,
      objective: true,
    },
  ];
}

/** A copy that stopped behind the moment it was to stop at holds what it should not. */
function stands(target: RecoveryTarget, { lastCommitAt, logLine }: PausedCopy): Pick<Criterion, 'ok' | 'says'> {
  const late = target.kind === 'time' && lastCommitAt !== undefined && utcTime(lastCommitAt) > utcTime(target.time);
  return {
    ok: !late,
    says: `${describeTarget(target)}; last commit ${known(lastCommitAt, (at) => at)}; ${logLine}`,
  };
}
