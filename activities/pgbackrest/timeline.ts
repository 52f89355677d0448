/** Timelines: which of them a recovery walks through, and where it changes over. Pure functions. */
import { lsnBytes, segmentOf, type Segment } from '../../workflows/contracts/wal';

/** A stretch of WAL on one timeline. */
export interface Stretch {
  timeline: number;
  /** First byte of the stretch; 0 for the oldest timeline. */
  fromLsn: number;
  /** Where the next timeline left it; Infinity for the last. */
  untilLsn: number;
}

/**
 * Reads the content of a `.history` file: one line per ancestor, `<timeline> <LSN where it was left> <reason>`.
 * @returns the whole path to `timeline`, oldest first; only the timeline itself when the text is empty
 */
export function parseHistory(timeline: number, text: string): Stretch[] {
  const path: Stretch[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    const found = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)/.exec(line);
    if (!found?.[1] || !found[2]) continue;
    const until = lsnBytes(found[2]);
    path.push({ timeline: Number(found[1]), fromLsn: from, untilLsn: until });
    from = until;
  }
  path.push({ timeline, fromLsn: from, untilLsn: Infinity });
  return path;
}

/** Timeline that holds an LSN on this path. */
export function timelineAt(path: Stretch[], lsn: number): number | undefined {
  return path.find((one) => lsn >= one.fromLsn && lsn < one.untilLsn)?.timeline;
}

/**
 * Timeline whose copy of a segment recovery reads. The segment in which a timeline was left exists on both; recovery takes
 * that of the younger timeline, which begins with the same bytes (xlogrecovery.c, XLogFileReadAnyTLI).
 */
export function timelineOfSegment(path: Stretch[], number: number, segmentBytes: number): number | undefined {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const stretch = path[at];
    if (stretch && number >= Math.floor(stretch.fromLsn / segmentBytes)) return stretch.timeline;
  }
  return undefined;
}

/** Whether a backup that ended at `stopLsn` on `timeline` is an ancestor of the path's end. */
export function isOnPath(path: Stretch[], timeline: number, stopLsn: string): boolean {
  const stretch = path.find((one) => one.timeline === timeline);
  return stretch !== undefined && lsnBytes(stopLsn) <= stretch.untilLsn;
}

/** The segment recovery reads for an LSN on this path. */
export function segmentAt(path: Stretch[], lsn: string, segmentBytes: number): Segment | undefined {
  const number = segmentOf(lsn, segmentBytes);
  const timeline = timelineOfSegment(path, number, segmentBytes);
  return timeline === undefined ? undefined : { timeline, number };
}
