/**
 * Arithmetic of WAL positions. A segment is named by 24 hex digits: timeline, then the segment's number split at 4 GB
 * (PostgreSQL manual 30.6 "WAL Internals"). Pure functions.
 */

export interface Segment {
  timeline: number;
  /** Number of the segment in its timeline: LSN divided by the segment size. */
  number: number;
}

/** Segment size that initdb uses unless told otherwise. */
export const defaultSegmentBytes = 16 * 1024 * 1024;

/** How many segments share the middle eight digits of the name. */
function perLogFile(segmentBytes: number): number {
  return 0x1_0000_0000 / segmentBytes;
}

/** Reads a segment's name; undefined when it is not one. */
export function parseSegment(name: string, segmentBytes = defaultSegmentBytes): Segment | undefined {
  if (!/^[0-9A-F]{24}$/.test(name)) return undefined;
  const log = parseInt(name.slice(8, 16), 16);
  const low = parseInt(name.slice(16), 16);
  return { timeline: parseInt(name.slice(0, 8), 16), number: log * perLogFile(segmentBytes) + low };
}

/** Name of a segment. */
export function segmentName(segment: Segment, segmentBytes = defaultSegmentBytes): string {
  const per = perLogFile(segmentBytes);
  return [segment.timeline, Math.floor(segment.number / per), segment.number % per].map(hex8).join('');
}

/** File name of a timeline's history. */
export function historyName(timeline: number): string {
  return `${hex8(timeline)}.history`;
}

/** An LSN such as `0/C2D216C8` as a number of bytes: exact up to 8 PB of WAL. */
export function lsnBytes(lsn: string): number {
  const [high, low] = lsn.split('/');
  return parseInt(high ?? '', 16) * 0x1_0000_0000 + parseInt(low ?? '', 16);
}

/** A number of bytes as PostgreSQL writes an LSN. */
export function formatLsn(bytes: number): string {
  const low = bytes % 0x1_0000_0000;
  return `${((bytes - low) / 0x1_0000_0000).toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;
}

/** Number of the segment that holds an LSN. */
export function segmentOf(lsn: string, segmentBytes = defaultSegmentBytes): number {
  return Math.floor(lsnBytes(lsn) / segmentBytes);
}

function hex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
