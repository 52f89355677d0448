import type { Progress } from '../../workflows/contracts/recovery';
import { bytes, duration } from '../../workflows/contracts/words';

/** `0/C2D216C8` as a number of bytes; undefined when it is no LSN. */
export function lsnBytes(lsn: string): bigint | undefined {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn);
  return match ? (BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`) : undefined;
}

/** Rounded to what an estimate is worth: `about 2 min left`, `about 15 s left`, `a moment left`. @param ms milliseconds */
export function timeLeft(ms: number): string {
  if (ms < 1500) return 'a moment left';
  if (ms < 10_000) return `about ${Math.round(ms / 1000)} s left`;
  if (ms < 90_000) return `about ${Math.round(ms / 5000) * 5} s left`;
  return `about ${duration(Math.round(ms / 60_000) * 60_000)} left`;
}

/** One line: what, how far in bytes or LSN, time left. */
export function progressLine(progress: Progress): string {
  const { doneBytes, totalBytes, lsn, targetLsn, leftMs } = progress;
  const parts = [progress.text];
  if (doneBytes !== undefined && totalBytes !== undefined && totalBytes > 0) {
    const percent = Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
    parts.push(`${bytes(doneBytes)} of ${bytes(totalBytes)} (${percent} %)`);
  } else if (doneBytes !== undefined) parts.push(bytes(doneBytes));
  if (lsn !== undefined && targetLsn !== undefined) {
    const at = lsnBytes(lsn);
    const target = lsnBytes(targetLsn);
    const rest = at !== undefined && target !== undefined && target > at ? `, ${bytes(Number(target - at))} to go` : '';
    parts.push(`LSN ${lsn} of ${targetLsn}${rest}`);
  } else if (lsn !== undefined) parts.push(`LSN ${lsn}`);
  if (leftMs !== undefined) parts.push(timeLeft(leftMs));
  return parts.join(' · ');
}
