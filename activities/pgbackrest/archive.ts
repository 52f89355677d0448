/** What the repository's listing says about the WAL archive. Pure functions. */
import { parseSegment, segmentName, type Segment } from '../../workflows/contracts/wal';
import { timelineOfSegment, type Stretch } from './timeline';

export interface ArchivedSegment extends Segment {
  /** When it arrived in the repository, Unix seconds: a hint where a moment lies, never a proof. */
  archivedAt: number;
  /** SHA-1 of its content, from its name in the repository. pgBackRest does not compare it when it hands a segment out. */
  sha1?: string;
}

export interface Archive {
  /** By segment name. */
  segments: Map<string, ArchivedSegment>;
  /** Timelines whose `.history` file is there. */
  histories: Set<number>;
  /** Segments that are there twice with different content: pgBackRest refuses to hand them out. */
  duplicates: Set<string>;
}

interface ListingEntry {
  type: string;
  size?: number;
  time?: number;
}

/**
 * Reads `repo-ls archive/<stanza> --recurse --output=json`.
 * @param archiveId folder of the present cluster, such as `15-1`; WAL of an older cluster lies beside it
 */
export function parseListing(json: string, archiveId: string, segmentBytes: number): Archive {
  const archive: Archive = { segments: new Map(), histories: new Set(), duplicates: new Set() };
  for (const [path, entry] of Object.entries(JSON.parse(json) as Record<string, ListingEntry>)) {
    if (entry.type === 'path' || !path.startsWith(`${archiveId}/`)) continue;
    const file = path.slice(path.lastIndexOf('/') + 1);
    const history = /^([0-9A-F]{8})\.history$/.exec(file);
    if (history?.[1]) archive.histories.add(parseInt(history[1], 16));
    const [, name, sha1] = /^([0-9A-F]{24})-([0-9a-f]{40})(?:\.[a-z0-9]+)?$/.exec(file) ?? [];
    const segment = name ? parseSegment(name, segmentBytes) : undefined;
    if (!name || !segment) continue;
    if (archive.segments.has(name)) archive.duplicates.add(name);
    archive.segments.set(name, { ...segment, archivedAt: entry.time ?? 0, ...(sha1 ? { sha1 } : {}) });
  }
  // Recovery cannot read a duplicate, so for every question below it is as good as missing.
  for (const name of archive.duplicates) archive.segments.delete(name);
  return archive;
}

export interface Reach {
  /** Segments without a gap from the first one on, in the order recovery reads them. */
  usable: ArchivedSegment[];
  /** Ranges of names that are missing between segments that are there. */
  gaps: { from: string; to: string }[];
}

/**
 * How far recovery gets from `first` along a path of timelines. The first hole cuts the usable range: no tool of PostgreSQL
 * or pgBackRest reports it (`verify`, `check` and `info` stay silent).
 * @param waiting segments the server has yet to archive. Asynchronous archiving may push a later one first; such a hole
 *   closes by itself, so it ends the usable range and is not called a gap
 */
export function reachFrom(
  archive: Archive,
  path: Stretch[],
  first: number,
  segmentBytes: number,
  waiting: Set<string> = new Set(),
): Reach {
  const wanted = [...archive.segments.values()]
    .filter((one) => one.number >= first && timelineOfSegment(path, one.number, segmentBytes) === one.timeline)
    .sort((a, b) => a.number - b.number);
  const usable: ArchivedSegment[] = [];
  const gaps: Reach['gaps'] = [];
  let expected = first;
  for (const segment of wanted) {
    if (segment.number > expected) {
      if (waiting.has(nameAt(path, expected, segmentBytes))) break;
      gaps.push({ from: nameAt(path, expected, segmentBytes), to: nameAt(path, segment.number - 1, segmentBytes) });
    }
    if (gaps.length === 0) usable.push(segment);
    expected = segment.number + 1;
  }
  return { usable, gaps };
}

/** Name of the segment recovery would read at a number. */
export function nameAt(path: Stretch[], number: number, segmentBytes: number): string {
  return segmentName({ timeline: timelineOfSegment(path, number, segmentBytes) ?? 1, number }, segmentBytes);
}

/**
 * First hole between the archive's end and the segment the primary writes now: neither archived nor waiting on it, so no
 * archiving will ever bring it. Undefined when there is none, or when nobody can look.
 * @param top last archived segment without a gap
 * @param current number of the segment the primary writes
 * @param onServer segments that wait on the primary
 */
export function tailGap(
  top: Segment,
  current: number,
  onServer: Set<string> | undefined,
  segmentBytes: number,
): Reach['gaps'][number] | undefined {
  if (!onServer) return undefined;
  const name = (number: number): string => segmentName({ timeline: top.timeline, number }, segmentBytes);
  const missing = (number: number): boolean => number < current && !onServer.has(name(number));
  let from = top.number + 1;
  while (from < current && !missing(from)) from += 1;
  if (!missing(from)) return undefined;
  let to = from;
  while (missing(to + 1)) to += 1;
  return { from: name(from), to: name(to) };
}

/** Newest timeline that the repository knows of, from its history files, segments and backups; 1 when it holds nothing. */
export function newestTimeline(archive: Archive, backups: { timeline: number }[]): number {
  const all = [...archive.histories, ...[...archive.segments.values(), ...backups].map((one) => one.timeline)];
  return all.reduce((newest, one) => Math.max(newest, one), 1);
}
