/** Sentences for a target that cannot be reached. Pure functions. */
import type { Coverage, RecoveryTarget, Refusal } from '../../workflows/contracts/recovery';
import { describeTarget } from '../../workflows/contracts/pitr';
import type { Reach } from './archive';

type Last = Coverage['lastReachable'];

/** The last commit without a gap, in words. */
export function describeLast(last: Last): string {
  if (!last) return 'no commit is reachable';
  return `the last reachable commit is ${last.at ?? 'unknown'}${last.lsn ? ` at LSN ${last.lsn}` : ''} in segment ${last.segment}`;
}

const choose = (last: Last, or = ', or `latest`'): string =>
  last?.at ? `Choose a target at or before ${last.at}${or}.` : `Choose an earlier target${or}.`;

/** Segments are missing before the target. @param later labels of backups from behind the gap: they do not need it */
export function refuseGap(target: RecoveryTarget, gap: Reach['gaps'][number], last: Last, later: string[]): Refusal {
  const range = gap.from === gap.to ? `segment ${gap.from} is` : `segments ${gap.from} to ${gap.to} are`;
  return {
    code: 'DR-WAL-GAP',
    message: `WAL ${range} missing from the archive before ${describeTarget(target)}; ${describeLast(last)}`,
    next: later.length > 0 ? `${choose(last, '')} Backups from behind the gap: ${later.join(', ')}.` : choose(last, ''),
  };
}

/** A segment is listed but cannot be had. @param message pgBackRest's words; empty: it did not find the segment */
/** Part of the sentence about a segment that is listed and cannot be read. */
export const unreadable = 'is listed in the archive but cannot be read';

export function refuseUnreadable(segment: string, message: string, last: Last): Refusal {
  return {
    code: 'DR-WAL-GAP',
    message: `WAL segment ${segment} ${unreadable}: ${message || 'pgBackRest did not find it'}; ${describeLast(last)}`,
    next: `${choose(last, '')} A later backup does not need the segment. Verify the repository.`,
  };
}

/** pgBackRest compares the control file with the archive before it hands out a segment: without one nothing can be read. */
export function refuseNoControlFile(dataDirectory: string): Refusal {
  return {
    code: 'DR-TOOL',
    message: `WAL in the archive cannot be opened, so nobody can say how far it reaches: the damaged volume has no readable global/pg_control in ${dataDirectory}, which pgBackRest asks for`,
    next: 'Put global/pg_control of this cluster back (from a standby, or from a backup restored elsewhere), then start again.',
  };
}

/** The archive ends before the target. @param why what the end was taken from */
export function refuseBeyond(target: RecoveryTarget, last: Last, why: string): Refusal {
  return {
    code: 'DR-TARGET-UNREACHABLE',
    message: `the archive does not reach ${describeTarget(target)}: ${describeLast(last)}; ${why}`,
    next: choose(last),
  };
}

/** A moment that the primary's clock has not reached: no WAL of it can exist anywhere. */
export function refuseFuture(target: RecoveryTarget, now: string, aheadMs: number, last?: Last): Refusal {
  return {
    code: 'DR-TARGET-UNREACHABLE',
    message: `${describeTarget(target)} lies ${Math.ceil(aheadMs / 1000)} s in the future of the primary's clock (${now})${last ? `; ${describeLast(last)}` : ''}`,
    next: last?.at ? choose(last) : 'Choose a target in the past, or `latest`.',
  };
}
