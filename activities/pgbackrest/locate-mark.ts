/** Finds the end of a transaction, or a restore point. Neither lies where its number or name would say. Logic only. */
import { locateTime, runOf, type Chain, type Located } from './locate-time';
import type { Probe, ProbeRun } from './probe-answer';
import { lsnBytes, segmentName } from '../../workflows/contracts/wal';
import { compareXids } from './waldump';

/** Segments that are opened in one go: two runs, one for each of two cores. */
const batch = 8;

export interface MarkQuestion {
  kind: 'xid' | 'name';
  what: string;
  /** Only a mark behind the backup's end can stop a recovery that starts from it. */
  afterLsn: string;
}

/**
 * Reads the segments from the oldest to the newest until the mark shows up behind `afterLsn`: recovery too stops at the
 * first one. For a transaction the search begins at the last place where its id was not given out yet, and ends where
 * every transaction up to it had ended.
 * @param known answers by segment name; kept by the caller between backups, so that no segment is opened twice
 */
export async function locateMark(
  chain: Chain,
  question: MarkQuestion,
  probe: Probe,
  segmentBytes: number,
  known = new Map<string, ProbeRun>(),
): Promise<Located> {
  const found: Located = { opened: 0, unreadable: [] };
  const wanted = { kind: question.kind, what: question.what };
  const top = chain.length - 1;

  const open = async (ranges: [number, number][]): Promise<ProbeRun[]> => {
    const runs = ranges.map(([from, to]) => runOf(chain, from, Math.min(to, top), segmentBytes));
    const missing = runs.filter((run) => !known.has(run.join()));
    if (missing.length > 0) {
      const answers = await probe(wanted, missing);
      missing.forEach((run, at) => {
        const answer = answers[at];
        if (answer) known.set(run.join(), answer);
      });
      found.opened += missing.flat().length;
    }
    const all = runs.map((run) => known.get(run.join())).filter((one) => one !== undefined);
    for (const one of all) found.unreadable.push(...one.failures);
    return all;
  };

  let at = question.kind === 'xid' ? await firstPossible(chain, Number(question.what), open) : 0;
  let ended = false;
  while (at <= top && !found.stopLsn && !ended && found.unreadable.length === 0) {
    // each run begins with the last segment of the one before: a record may cross the border
    const half = batch / 2;
    const ranges: [number, number][] = [[at - 1, at + half - 1]];
    if (at + half <= top) ranges.push([at + half - 1, at + batch - 1]);
    // a run is cut where the timeline changes, so what lies before the change is a run of its own
    const pieces = ranges.flatMap(([from, to]) => byTimeline(chain, Math.max(0, from), Math.min(to, top)));
    for (const answer of await open(pieces)) {
      const hits = [
        ...answer.restorePoints.map((lsn) => ({ lsn, transaction: undefined })),
        ...(answer.found ? [{ lsn: answer.found.lsn, transaction: answer.found }] : []),
      ].filter((one) => lsnBytes(one.lsn) > lsnBytes(question.afterLsn));
      for (const hit of hits) {
        if (found.stopLsn && lsnBytes(found.stopLsn) <= lsnBytes(hit.lsn)) continue;
        found.stopLsn = hit.lsn;
        if (hit.transaction) found.transaction = hit.transaction;
      }
      if (question.kind === 'xid')
        ended ||= answer.xidMarks.some(
          (one) => one.oldestRunning !== undefined && compareXids(one.oldestRunning, Number(question.what)) > 0,
        );
    }
    at += batch;
  }
  if (found.stopLsn) return found;
  const newest = await locateTime(chain, undefined, probe, segmentBytes);
  return { ...found, ...(newest.last ? { last: newest.last } : {}), opened: found.opened + newest.opened };
}

/** Pieces of a range that lie on one timeline each. */
function byTimeline(chain: Chain, from: number, to: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (let at = from; at <= to; at += 1) {
    const piece = pieces.at(-1);
    if (piece && chain[at]?.timeline === chain[at - 1]?.timeline) piece[1] = at;
    else pieces.push([at, at]);
  }
  return pieces;
}

/** First place from which a transaction can have ended: the last one where its id was still free. */
async function firstPossible(
  chain: Chain,
  xid: number,
  open: (ranges: [number, number][]) => Promise<ProbeRun[]>,
): Promise<number> {
  let low = 0;
  let high = chain.length;
  while (high - low > batch) {
    const middle = Math.floor((low + high) / 2);
    // a few segments in case the middle one has no mark; without any mark nothing is known and all is read from `low`
    const [answer] = await open([[middle, Math.min(middle + 2, high - 1)]]);
    const mark = answer?.xidMarks[0];
    if (!mark) break;
    if (compareXids(mark.next, xid) <= 0) low = middle;
    else high = middle + 1;
  }
  return low;
}

/** Names of segments that are not archived and lie in `pg_wal` of the data directory, for a probe. */
export function tailRun(timeline: number, from: number, to: number, segmentBytes: number): string[] {
  const names: string[] = [];
  for (let number = from; number <= to; number += 1)
    names.push(`pg_wal/${segmentName({ timeline, number }, segmentBytes)}`);
  return names;
}
