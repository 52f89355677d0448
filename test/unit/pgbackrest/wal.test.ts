import assert from 'node:assert/strict';
import { newestTimeline, parseListing, reachFrom, tailGap } from '../../../activities/pgbackrest/archive';
import { isOnPath, parseHistory, timelineAt, timelineOfSegment } from '../../../activities/pgbackrest/timeline';
import {
  defaultSegmentBytes as mb16,
  formatLsn,
  historyName,
  lsnBytes,
  parseSegment,
  segmentName,
  segmentOf,
} from '../../../workflows/contracts/wal';
import { compareXids, parseTransactionEnd, parseXidMark } from '../../../activities/pgbackrest/waldump';
import { listing } from './archive-fixture';

describe('WAL positions', () => {
  it('counts segments across the 4 GB border', () => {
    assert.deepEqual(parseSegment('0000000100000000000000FF'), { timeline: 1, number: 255 });
    assert.deepEqual(parseSegment('000000010000000100000000'), { timeline: 1, number: 256 });
    assert.equal(segmentName({ timeline: 2, number: 256 }), '000000020000000100000000');
  });
  it('follows another segment size', () => {
    const mb64 = 4 * mb16;
    assert.deepEqual(parseSegment('00000001000000010000003F', mb64), { timeline: 1, number: 127 });
    assert.equal(segmentName({ timeline: 1, number: 127 }, mb64), '00000001000000010000003F');
  });
  it('takes no other name for a segment', () => {
    for (const name of ['00000002.history', '000000010000000000000002.00000028.backup', '00000001000000000000000g'])
      assert.equal(parseSegment(name), undefined);
  });
  it('reads and writes LSNs', () => {
    assert.equal(lsnBytes('1/0'), 2 ** 32);
    assert.equal(formatLsn(lsnBytes('A/C2D216C8')), 'A/C2D216C8');
    assert.equal(segmentOf('0/C2D216C8'), 0xc2);
    assert.equal(historyName(10), '0000000A.history');
  });
});

describe('pg_waldump lines', () => {
  const line = (xid: string, desc: string): string =>
    `rmgr: Transaction len (rec/tot):     70/    70, tx:        ${xid}, lsn: 0/23015BB0, prev 0/23015B68, desc: ${desc}`;
  it('reads a commit with what follows it', () => {
    assert.deepEqual(
      parseTransactionEnd(line('817', 'COMMIT 2026-11-22 22:21:36.626749 UTC; rels: base/16386/16623')),
      {
        kind: 'COMMIT',
        xid: '817',
        at: '2026-11-22 22:21:36.626749',
        lsn: '0/23015BB0',
      },
    );
  });
  it('reads an abort', () => {
    assert.equal(parseTransactionEnd(line('5', 'ABORT 2026-11-22 22:21:36.626749 UTC'))?.kind, 'ABORT');
  });
  it('takes the id of a prepared transaction from its description', () => {
    const end = parseTransactionEnd(line('0', 'COMMIT_PREPARED 751: 2026-11-22 22:21:36.626749 UTC'));
    assert.deepEqual([end?.kind, end?.xid], ['COMMIT', '751']);
  });
  it('does not take other records for a transaction end', () => {
    assert.equal(parseTransactionEnd(line('9', 'INVALIDATION ; inval msgs: catcache 50')), undefined);
    assert.equal(parseTransactionEnd(line('9', 'PREPARE gid foo: 2026-11-22 22:21:36.626749 UTC')), undefined);
  });
  it('reads how far transaction ids had got', () => {
    assert.deepEqual(parseXidMark('desc: RUNNING_XACTS nextXid 817 latestCompletedXid 816 oldestRunningXid 815'), {
      next: 817,
      oldestRunning: 815,
    });
    assert.deepEqual(
      parseXidMark('desc: CHECKPOINT_ONLINE redo 0/3000028; tli 1; prev tli 1; fpw true; xid 0:753; oid 24576'),
      {
        next: 753,
      },
    );
  });
  it('compares transaction ids across the wrap-around', () => {
    assert.ok(compareXids(10, 4294967290) > 0);
    assert.ok(compareXids(9, 10) < 0);
  });
});

describe('timelines', () => {
  const text = '1\t0/5000060\tno recovery target specified\n\n2\t0/9000100\tbefore 2026-11-22\n';
  const path = parseHistory(3, text);
  it('reads the whole path from a history file', () => {
    assert.deepEqual(
      path.map((one) => [one.timeline, one.untilLsn]),
      [
        [1, 0x5000060],
        [2, 0x9000100],
        [3, Infinity],
      ],
    );
    assert.equal(timelineAt(path, lsnBytes('0/7000000')), 2);
  });
  it('reads the segment of a switch from the younger timeline', () => {
    assert.deepEqual(
      [4, 5, 6, 8, 9, 10].map((number) => timelineOfSegment(path, number, mb16)),
      [1, 2, 2, 2, 3, 3],
    );
  });
  it('knows a backup of an abandoned branch from an ancestor', () => {
    assert.equal(isOnPath(path, 1, '0/5000060'), true);
    assert.equal(isOnPath(path, 1, '0/6000000'), false);
    assert.equal(isOnPath(path, 4, '0/1000000'), false);
  });
});

describe('archive listing', () => {
  const path = parseHistory(1, '');
  it('finds the hole that pgBackRest does not report', () => {
    const archive = parseListing(listing([2, 3, 4, 7, 8]), '15-1', mb16);
    const reach = reachFrom(archive, path, 2, mb16);
    assert.deepEqual(
      reach.usable.map((one) => one.number),
      [2, 3, 4],
    );
    assert.deepEqual(reach.gaps, [{ from: '000000010000000000000005', to: '000000010000000000000006' }]);
  });
  it('calls a segment that still waits for the archiver no gap', () => {
    const archive = parseListing(listing([2, 3, 5]), '15-1', mb16);
    const reach = reachFrom(archive, path, 2, mb16, new Set(['000000010000000000000004']));
    assert.deepEqual(reach.gaps, []);
    assert.deepEqual(
      reach.usable.map((one) => one.number),
      [2, 3],
    );
  });
  it('finds the hole between its end and what the primary still holds', () => {
    const top = { timeline: 1, number: 3 };
    const waiting = (...numbers: number[]) => new Set(numbers.map((number) => segmentName({ timeline: 1, number })));
    assert.equal(tailGap(top, 6, waiting(4, 5), mb16), undefined);
    assert.equal(tailGap(top, 4, waiting(), mb16), undefined);
    assert.equal(tailGap(top, 6, undefined, mb16), undefined);
    assert.deepEqual(tailGap(top, 7, waiting(6), mb16), {
      from: '000000010000000000000004',
      to: '000000010000000000000005',
    });
    assert.deepEqual(tailGap(top, 7, waiting(4, 5), mb16), {
      from: '000000010000000000000006',
      to: '000000010000000000000006',
    });
  });
  it('tells the newest timeline for a server that cannot name its own', () => {
    const archive = parseListing(listing([2, 3]), '15-1', mb16);
    assert.equal(newestTimeline(archive, [{ timeline: 1 }]), 1);
    archive.histories.add(4);
    assert.equal(newestTimeline(archive, [{ timeline: 2 }]), 4);
  });
  it('counts a segment with two contents as missing, because it is not handed out', () => {
    const archive = parseListing(listing([2, 3, 4], { duplicate: 3 }), '15-1', mb16);
    assert.deepEqual([...archive.duplicates], ['000000010000000000000003']);
    assert.equal(reachFrom(archive, path, 2, mb16).gaps.length, 1);
  });
  it('ignores WAL of an older cluster, partial segments and backup files', () => {
    const archive = parseListing(listing([2], { archiveId: '14-1' }), '15-1', mb16);
    assert.equal(archive.segments.size, 0);
  });
  it('takes the first segment missing for a gap', () => {
    const archive = parseListing(listing([3, 4]), '15-1', mb16);
    assert.equal(reachFrom(archive, path, 2, mb16).usable.length, 0);
  });
});
