/** Moments with microseconds, which JavaScript's own times lack. */
import { isoTime } from './pitr';

/** `2026-11-22 17:29:24.89+01` → `2026-11-22T16:29:24.890000Z`: UTC, always six digits. */
export function utcTime(time: string): string {
  const seconds = Math.floor(Date.parse(isoTime(time)) / 1000);
  const fraction = (/\.(\d{1,6})/.exec(time)?.[1] ?? '').padEnd(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
