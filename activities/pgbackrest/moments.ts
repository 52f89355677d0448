/** Moments with microseconds, as PostgreSQL and pg_waldump write them. JavaScript's own times stop at milliseconds. Pure. */
import { utcTime } from '../../workflows/contracts/moments';
import { isoTime } from '../../workflows/contracts/pitr';

/** `2026-11-22T18:29:24.890426+01:00` → `2026-11-22 17:29:24.890426`: UTC, always six digits, sorts as text. */
export function utcMicros(time: string): string {
  return utcTime(time).replace('T', ' ').slice(0, -1);
}

/** The same moment as ISO 8601. */
export function isoMicros(utc: string): string {
  return `${utc.replace(' ', 'T')}Z`;
}

/** Unix seconds, rounded down. */
export function unixSeconds(time: string): number {
  return Math.floor(Date.parse(isoTime(time)) / 1000);
}
