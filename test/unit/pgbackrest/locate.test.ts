import assert from 'node:assert/strict';
import { locateLsn } from '../../../activities/pgbackrest/locate-lsn';
import { locateMark } from '../../../activities/pgbackrest/locate-mark';
import { locateTime } from '../../../activities/pgbackrest/locate-time';
import { unixSeconds } from '../../../activities/pgbackrest/moments';
import { defaultSegmentBytes as bytes } from '../../../workflows/contracts/wal';
import { commit, fakeWal, second } from './archive-fixture';

/** One commit in each of 100 segments, at second = number, transaction 1000 + number. */
const busy = (archivedAt?: (number: number) => number) =>
  fakeWal(
    0,
    99,
    Array.from({ length: 100 }, (_value, number) => commit(number, second(number), String(1000 + number))),
    archivedAt ? { archivedAt } : {},
  );
const arrival = (number: number): number => unixSeconds(`${second(number)}Z`);

describe('finding a moment in the archive', () => {
  it('finds the first transaction past it', async () => {
    for (const moment of [0, 1, 42, 97, 98]) {
      const wal = busy();
      const seen = await locateTime(wal.chain, second(moment), wal.probe, bytes);
      assert.equal(seen.transaction?.xid, String(1000 + moment + 1));
      assert.equal(seen.last?.xid, '1099');
      assert.ok(wal.opened.size <= 30, `${wal.opened.size} segments opened`);
    }
  });
  it('opens a handful in two goes when the time of arrival tells where to look', async () => {
    const wal = busy(arrival); // each arrives in the second of its commit
    const seen = await locateTime(wal.chain, second(42).replace('.000000', '.500000'), wal.probe, bytes);
    assert.equal(seen.transaction?.xid, '1043');
    assert.deepEqual([wal.opened.size <= 8, wal.calls()], [true, 2]);
  });
  it('is not misled by a repository that was copied, where every file arrived at once', async () => {
    for (const time of [0, 4_000_000_000]) {
      const wal = busy(() => time);
      assert.equal((await locateTime(wal.chain, second(42), wal.probe, bytes)).transaction?.xid, '1043');
    }
  });
  it('says that nothing lies past the last commit, and which that is', async () => {
    const wal = busy();
    const seen = await locateTime(wal.chain, second(99), wal.probe, bytes);
    assert.equal(seen.stopLsn, undefined);
    assert.equal(seen.last?.xid, '1099');
  });
  it('looks past segments in which nothing was committed', async () => {
    const wal = fakeWal(0, 60, [commit(3, second(3), '3'), commit(20, second(20), '20')]);
    assert.equal((await locateTime(wal.chain, second(3), wal.probe, bytes)).transaction?.xid, '20');
    const end = await locateTime(wal.chain, second(30), wal.probe, bytes);
    assert.deepEqual([end.stopLsn, end.last?.xid], [undefined, '20']);
  });
  it('answers for an archive without any commit', async () => {
    const wal = fakeWal(0, 5, []);
    const seen = await locateTime(wal.chain, second(3), wal.probe, bytes);
    assert.deepEqual([seen.stopLsn, seen.last], [undefined, undefined]);
    assert.deepEqual((await locateTime([], second(3), wal.probe, bytes)).opened, 0);
  });
  it('stops at a segment that is listed but cannot be read', async () => {
    const wal = fakeWal(0, 9, [commit(2, second(2), '2')], { broken: 8 });
    assert.equal((await locateTime(wal.chain, second(5), wal.probe, bytes)).unreadable.length, 1);
  });
});

describe('finding an LSN in the archive', () => {
  it('needs a record at or after it, also in the next segment', async () => {
    const wal = busy();
    assert.equal((await locateLsn(wal.chain, '0/5000800', wal.probe, bytes)).stopLsn, '0/5001000');
    assert.equal((await locateLsn(wal.chain, '0/5001001', wal.probe, bytes)).stopLsn, '0/6001000');
  });
  it('does not take the end of the archive for a record', async () => {
    const wal = busy();
    assert.equal((await locateLsn(wal.chain, '0/63001001', wal.probe, bytes)).stopLsn, undefined);
    assert.equal((await locateLsn(wal.chain, '0/70000000', wal.probe, bytes)).stopLsn, undefined);
  });
});

describe('finding a transaction or a restore point', () => {
  it('finds a transaction by bisection', async () => {
    const wal = busy();
    const seen = await locateMark(wal.chain, { kind: 'xid', what: '1070', afterLsn: '0/0' }, wal.probe, bytes);
    assert.equal(seen.transaction?.xid, '1070');
    assert.ok(wal.opened.size < 40, `${wal.opened.size} segments opened`);
  });
  it('finds a transaction that ended long after it began', async () => {
    const ends = Array.from({ length: 50 }, (_value, number) => commit(number, second(number), String(1000 + number)));
    const wal = fakeWal(0, 49, [...ends.filter((one) => one.xid !== '1010'), commit(13, second(13), '1010', 0x2000)]);
    const seen = await locateMark(wal.chain, { kind: 'xid', what: '1010', afterLsn: '0/0' }, wal.probe, bytes);
    assert.equal(seen.stopLsn, commit(13, '', '', 0x2000).lsn);
  });
  it('does not find a transaction that never was, and names the last commit', async () => {
    const wal = busy();
    const seen = await locateMark(wal.chain, { kind: 'xid', what: '5000', afterLsn: '0/0' }, wal.probe, bytes);
    assert.deepEqual([seen.stopLsn, seen.last?.xid], [undefined, '1099']);
  });
  it('stops at the first restore point of the name behind the backup, as recovery does', async () => {
    const points = ['0/2000100', '0/8000100', '0/30000100'].map((lsn) => ({ name: 'before-deploy', lsn }));
    const wal = fakeWal(0, 60, [], { points });
    const seen = await locateMark(
      wal.chain,
      { kind: 'name', what: 'before-deploy', afterLsn: '0/5000000' },
      wal.probe,
      bytes,
    );
    assert.equal(seen.stopLsn, '0/8000100');
  });
});
