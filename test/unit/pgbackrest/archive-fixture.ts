/** A made-up archive and a probe that answers from it, so that searches are tested without a server. */
import type { ArchivedSegment } from '../../../activities/pgbackrest/archive';
import type { Probe, ProbeRun, Question } from '../../../activities/pgbackrest/probe-answer';
import {
  defaultSegmentBytes as bytes,
  formatLsn,
  lsnBytes,
  parseSegment,
  segmentName,
} from '../../../workflows/contracts/wal';
import type { TransactionEnd } from '../../../activities/pgbackrest/waldump';

const sha = 'a'.repeat(40);

/** Output of `repo-ls` for these segments of timeline 1. */
export function listing(numbers: number[], options: { archiveId?: string; duplicate?: number } = {}): string {
  const folder = `${options.archiveId ?? '15-1'}/0000000100000000`;
  const entries: Record<string, unknown> = {
    '.': { type: 'path' },
    [folder]: { type: 'path' },
    [`${folder}/000000010000000000000002.00000028.backup`]: { type: 'file', size: 400, time: 1 },
    [`${folder}/000000010000000000000009.partial-${sha}.zst`]: { type: 'file', size: 400, time: 1 },
  };
  for (const number of numbers)
    entries[`${folder}/${segmentName({ timeline: 1, number })}-${sha}.zst`] = {
      type: 'file',
      size: 9,
      time: 1000 + number,
    };
  if (options.duplicate !== undefined)
    entries[`${folder}/${segmentName({ timeline: 1, number: options.duplicate })}-${'b'.repeat(40)}.zst`] = {
      type: 'file',
      size: 9,
      time: 1,
    };
  return JSON.stringify(entries);
}

/** `2026-11-22 10:00:SS.000000` */
export const second = (value: number): string =>
  `${new Date(Date.UTC(2026, 10, 22, 10, 0, value)).toISOString().slice(0, 19).replace('T', ' ')}.000000`;

/** A commit in a segment, `offset` bytes into it. */
export function commit(number: number, at: string, xid: string, offset = 0x1000): TransactionEnd {
  return { kind: 'COMMIT', xid, at, lsn: formatLsn(number * bytes + offset) };
}

/** A chain of segments and a probe over these transaction ends; counts what is opened. */
export function fakeWal(
  from: number,
  to: number,
  ends: TransactionEnd[],
  options: { archivedAt?: (number: number) => number; points?: { name: string; lsn: string }[]; broken?: number } = {},
): { chain: ArchivedSegment[]; probe: Probe; opened: Set<string>; calls: () => number } {
  const chain: ArchivedSegment[] = [];
  for (let number = from; number <= to; number += 1)
    chain.push({ timeline: 1, number, archivedAt: options.archivedAt?.(number) ?? 0 });
  const opened = new Set<string>();
  let calls = 0;
  const probe: Probe = (question: Question, runs: string[][]) => {
    calls += 1;
    return Promise.resolve(runs.map((run) => answer(question, run)));
  };
  const answer = (question: Question, run: string[]): ProbeRun => {
    const numbers = run.map((name) => parseSegment(name.replace('pg_wal/', ''))?.number ?? -1);
    run.forEach((name) => opened.add(name));
    const broken = options.broken !== undefined && numbers.includes(options.broken);
    const inside = (lsn: string): boolean => numbers.includes(Math.floor(lsnBytes(lsn) / bytes));
    const seen = ends.filter((one) => inside(one.lsn));
    const result: ProbeRun = { segments: run, failures: [], ends: seen, restorePoints: [], xidMarks: [] };
    if (broken)
      return {
        ...result,
        ends: [],
        failures: [{ segment: run[numbers.indexOf(options.broken ?? 0)] ?? '', exitCode: 95, message: 'bad' }],
      };
    if (question.kind === 'time') {
      const beyond = seen.find((one) => one.at > question.what);
      if (beyond) result.beyond = beyond;
    }
    if (question.kind === 'xid') {
      const found = seen.find((one) => one.xid === question.what);
      if (found) result.found = found;
      for (const one of seen) result.xidMarks.push({ next: Number(one.xid) + 1, oldestRunning: Number(one.xid) + 1 });
    }
    if (question.kind === 'name')
      result.restorePoints = (options.points ?? [])
        .filter((one) => one.name === question.what && inside(one.lsn))
        .map((one) => one.lsn);
    if (question.kind === 'lsn') {
      const record = seen.find((one) => lsnBytes(one.lsn) >= lsnBytes(question.what));
      if (record) result.record = record.lsn;
    }
    return result;
  };
  return { chain, probe, opened, calls: () => calls };
}
