import assert from 'node:assert/strict';
import type { Archive, ArchivedSegment } from '../../../activities/pgbackrest/archive';
import { restorable } from '../../../activities/pgbackrest/restorable';
import { parseHistory } from '../../../activities/pgbackrest/timeline';
import type { BackupFacts } from '../../../workflows/contracts/recovery';
import { defaultSegmentBytes, segmentName } from '../../../workflows/contracts/wal';

const began = Date.parse('2026-11-22T12:00:00.000Z');
/** Segment n arrives n minutes after noon. */
const minuteOf = (number: number): string => new Date(began + number * 60_000).toISOString();
const nameOf = (number: number): string => segmentName({ timeline: 1, number });

function archiveOf(numbers: number[]): Archive {
  const segments = numbers.map((number): [string, ArchivedSegment] => [
    nameOf(number),
    { timeline: 1, number, archivedAt: (began + number * 60_000) / 1000 },
  ]);
  return { segments: new Map(segments), histories: new Set(), duplicates: new Set() };
}

/** A backup that needs one segment. */
const backupAt = (number: number, changed: Partial<BackupFacts> = {}): BackupFacts => ({
  label: `B${number}`,
  kind: 'full',
  startedAt: minuteOf(number - 1),
  stoppedAt: minuteOf(number),
  startLsn: '0/0',
  stopLsn: '0/100',
  archiveStart: nameOf(number),
  archiveStop: nameOf(number),
  timeline: 1,
  databaseBytes: 1,
  repositoryBytes: 1,
  hasErrors: false,
  ...changed,
});

describe('to which moments a repository brings a database back', () => {
  const path = parseHistory(1, '');
  const of = (backups: BackupFacts[], numbers: number[], waiting?: Set<string>) =>
    restorable(backups, archiveOf(numbers), path, defaultSegmentBytes, waiting);

  it('without a hole: one stretch, from the end of the oldest backup to the last segment', () => {
    assert.deepEqual(of([backupAt(5), backupAt(2)], [2, 3, 4, 5, 6, 7]), {
      windows: [{ from: '2026-11-22T12:02:01.000Z', until: minuteOf(7), backup: 'B2' }],
      gaps: [],
      openEnded: true,
    });
  });

  it('a hole ends a stretch; the next one begins with the backup behind it', () => {
    const { windows, gaps, openEnded } = of([backupAt(6), backupAt(2)], [2, 3, 6, 7]);
    assert.deepEqual(
      windows.map(({ backup, until }) => [backup, until]),
      [
        ['B2', minuteOf(3)],
        ['B6', minuteOf(7)],
      ],
    );
    assert.deepEqual([gaps, openEnded], [[{ from: nameOf(4), to: nameOf(5) }], true]);
  });

  it('a hole, and no backup behind it: the present cannot be reached', () => {
    assert.equal(of([backupAt(2)], [2, 3, 5]).openEnded, false);
  });

  it('a segment that the server has yet to archive is no hole', () => {
    const { gaps, openEnded } = of([backupAt(2)], [2, 3, 5], new Set([nameOf(4)]));
    assert.deepEqual([gaps, openEnded], [[], true]);
  });

  it('a backup with errors, or without its own WAL, is no base', () => {
    assert.deepEqual(of([backupAt(2, { hasErrors: true })], [2, 3]).windows, []);
    assert.deepEqual(of([backupAt(2, { archiveStop: nameOf(4) })], [2, 3]).windows, []);
    assert.deepEqual(of([backupAt(2)], [3, 4]).windows, []);
  });

  it('a backup of a timeline that was left before it ended is no base', () => {
    const history = parseHistory(2, '1\t0/80\twhy\n');
    assert.deepEqual(restorable([backupAt(0)], archiveOf([0, 1]), history, defaultSegmentBytes).windows, []);
  });
});
