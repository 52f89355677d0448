import assert from 'node:assert/strict';
import { utcTime } from '../../../workflows/contracts/moments';
import { witnessedUntil } from '../../../workflows/pitr/witness';

const copy = { lastCommitAt: '2026-11-22T16:20:00.000001Z' };

describe('up to when a witness may expect its rows', () => {
  it('the time that was asked for, not the commit that recovery came to', () => {
    assert.equal(
      witnessedUntil({ kind: 'time', time: '2026-11-22 17:29:24.89+01' }, copy),
      '2026-11-22T16:29:24.890000Z',
    );
  });

  it('the last commit in the copy, where the target names no moment', () => {
    assert.equal(witnessedUntil({ kind: 'latest' }, copy), copy.lastCommitAt);
    assert.equal(witnessedUntil({ kind: 'xid', xid: '900', stop: 'before' }, copy), copy.lastCommitAt);
    assert.equal(witnessedUntil({ kind: 'lsn', lsn: '0/1', stop: 'before' }, {}), undefined);
  });
});

describe('a moment in UTC', () => {
  it('keeps the microseconds and takes any offset', () => {
    for (const [given, utc] of [
      ['2026-11-22T17:29:24.890426Z', '2026-11-22T17:29:24.890426Z'],
      ['2026-11-22 17:29:24+0530', '2026-11-22T11:59:24.000000Z'],
      ['2026-12-31T23:59:59.999999-01:00', '2027-01-01T00:59:59.999999Z'],
    ] as const)
      assert.equal(utcTime(given), utc);
  });
});
