import assert from 'node:assert/strict';
import type { Database } from '../../../plan';
import { ageOf } from '../../../workflows/pitr/stale';
import type { BackupFacts } from '../../../workflows/contracts/recovery';

const hour = 3_600_000;
const database = { name: 'shandi', backup: { maxAge: 26 * hour } } as Database;
const newest = { label: '20261122-160000F', stoppedAt: '2026-11-22T16:01:00.000Z' } as BackupFacts;
const server = (now: string) => ({ answered: true, now });

describe('the age of the newest backup', () => {
  it('is judged by the plan, and named with both numbers', () => {
    const age = ageOf(database, newest, server('2026-11-23T18:01:00.001Z'), 0);
    assert.equal(age?.stale, true);
    assert.match(
      age?.says ?? '',
      /of shandi, 20261122-160000F, ended at 2026-11-22T16:01.*26 h ago; the plan allows 26 h/,
    );
  });
  it('what is exactly as old as allowed is not stale', () =>
    assert.equal(ageOf(database, newest, server('2026-11-23T18:01:00.000Z'), 0)?.stale, false));
  it('by our own clock where the server does not answer', () => {
    const dead = { answered: false, now: '2026-11-22T16:02:00.000Z' };
    assert.equal(ageOf(database, newest, dead, Date.parse('2026-11-30T00:00:00Z'))?.stale, true);
  });
  it('of no backup nothing is said: that is another fault', () =>
    assert.equal(ageOf(database, undefined, server('2026-11-30T00:00:00Z'), 0), undefined));
});
