/** Finds the first transaction end past a moment. Logic only: segments are opened by the probe that is passed in. */
import type { ArchivedSegment } from './archive';
import { unixSeconds } from './moments';
import type { Probe, ProbeRun, Question } from './probe-answer';
import { lsnBytes, segmentName, segmentOf } from '../../workflows/contracts/wal';
import type { TransactionEnd } from './waldump';

export interface Located {
  /** Where recovery stops: the record that proves the target. Undefined: these segments do not show it. */
  stopLsn?: string;
  /** First transaction end past a time; the transaction asked for. */
  transaction?: TransactionEnd;
  /** Last transaction end these segments hold, where it is known. */
  last?: TransactionEnd;
  opened: number;
  /** Segments that are listed but could not be read. */
  unreadable: { segment: string; message: string }[];
}

/** Gap-free segments in the order recovery reads them. */
export type Chain = ArchivedSegment[];

/** Names of the segments at these places of a chain, cut where the timeline changes: one dump reads one timeline. */
export function runOf(chain: Chain, from: number, to: number, segmentBytes: number): string[] {
  const lastOne = chain[to];
  return chain
    .slice(Math.max(0, from), to + 1)
    .filter((one) => one.timeline === lastOne?.timeline)
    .map((one) => segmentName(one, segmentBytes));
}

/**
 * Binary search over the segments by the times of the transaction ends in them. When a segment arrived in the repository
 * says where to look first, so two or three of a hundred segments are opened; a wrong hint costs time, not truth.
 * @param moment UTC with microseconds; undefined: only the last transaction end is wanted
 */
export async function locateTime(
  chain: Chain,
  moment: string | undefined,
  probe: Probe,
  segmentBytes: number,
): Promise<Located> {
  const question: Question = moment === undefined ? { kind: 'latest' } : { kind: 'time', what: moment };
  const result: Located = { opened: 0, unreadable: [] };
  const first = chain[0]?.number ?? 0;
  const top = chain.length - 1;
  const indexOf = (lsn: string): number => segmentOf(lsn, segmentBytes) - first;
  const examined = new Set<number>();
  /** Places whose border to the one before was dumped too: a record may begin in one segment and end in the next. */
  const joined = new Set<number>();
  let low = -1;
  let high = chain.length;

  const take = (from: number, to: number, answer: ProbeRun | undefined): void => {
    if (!answer) return;
    result.unreadable.push(...answer.failures);
    for (let at = from; at <= to; at += 1) {
      if (!examined.has(at)) result.opened += 1;
      examined.add(at);
      if (at > from) joined.add(at);
    }
    const { beyond } = answer;
    if (beyond) {
      high = Math.min(high, indexOf(beyond.lsn));
      if (!result.transaction || lsnBytes(beyond.lsn) < lsnBytes(result.transaction.lsn)) result.transaction = beyond;
    }
    for (const end of [...answer.ends, ...(beyond ? [beyond] : [])]) {
      if (!result.last || lsnBytes(end.lsn) > lsnBytes(result.last.lsn)) result.last = end;
      if (moment === undefined || end.at <= moment) low = Math.max(low, indexOf(end.lsn));
    }
  };
  const open = async (ranges: [number, number][]): Promise<void> => {
    const real = ranges.map(([from, to]): [number, number] => {
      const length = runOf(chain, from, to, segmentBytes).length;
      return [to - length + 1, to];
    });
    const answers = await probe(
      question,
      real.map(([from, to]) => runOf(chain, from, to, segmentBytes)),
    );
    real.forEach(([from, to], at) => take(from, to, answers[at]));
  };

  if (top < 0) return result;
  const hint = moment === undefined ? top : guess(chain, moment);
  await open(
    hint >= top - 1
      ? [[top - 1, top]]
      : [
          [hint - 1, hint],
          [top - 1, top],
        ],
  );
  for (;;) {
    const unknown: number[] = [];
    for (let at = Math.max(0, low + 1); at < high; at += 1) if (!examined.has(at)) unknown.push(at);
    if (unknown.length === 0 || result.unreadable.length > 0) break;
    if (high > top) {
      // Nothing past the moment so far: only the newest segments can still show it.
      const to = unknown.at(-1) ?? top;
      await open([[to - Math.min(8, Math.max(2, examined.size)) + 1, to]]);
      continue;
    }
    // The hint is mostly off by one, so the neighbours of what is known come first; a second run halves the rest.
    const lowest = unknown[0] ?? 0;
    const highest = unknown.at(-1) ?? top;
    if (unknown.length <= 4) await open([[lowest, highest]]);
    else {
      const middle = unknown[Math.floor(unknown.length / 2)] ?? lowest;
      const nearHint = Math.abs(lowest - hint) <= Math.abs(highest - hint);
      await open([[middle, middle + 1], nearHint ? [lowest - 1, lowest] : [highest - 1, highest]]);
    }
  }
  const border = chain[high - 1]?.timeline === chain[high]?.timeline;
  if (high <= top && high > 0 && border && !joined.has(high) && result.unreadable.length === 0)
    await open([[high - 1, high]]);
  // "last" is known only when nothing newer was left unopened
  if (result.last)
    for (let at = indexOf(result.last.lsn) + 1; at <= top; at += 1) if (!examined.has(at)) delete result.last;
  if (result.transaction) result.stopLsn = result.transaction.lsn;
  return result;
}

/** First segment that arrived in the repository at or after the moment. */
function guess(chain: Chain, moment: string): number {
  const seconds = unixSeconds(`${moment}Z`);
  const at = chain.findIndex((one) => one.archivedAt >= seconds);
  return at < 0 ? chain.length - 1 : at;
}
