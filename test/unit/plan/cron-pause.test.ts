import assert from 'node:assert/strict';
import { longestPauseMs } from '../../../plan/cron-pause';

const hour = 3_600_000;
const day = 24 * hour;

describe('the longest pause of a cron line', () => {
  for (const [cron, pause] of [
    ['* * * * *', 60_000],
    ['*/15 * * * *', hour / 4],
    ['30 * * * *', hour],
    ['0 2 * * *', day],
    ['0 2,14 * * *', day / 2],
    ['0 8-16/4 * * *', 16 * hour],
    ['0 4 * * 0', 7 * day],
    ['0 4 * * SUN', 7 * day],
    ['0 4 * * 7', 7 * day],
    ['0 4 * * 1-5', 3 * day],
    ['0 5 1 * *', 31 * day],
    ['0 5 15 1,4,7,10 *', 92 * day],
    ['0 5 1 1 *', 366 * day],
    // Either is enough where both are restricted.
    ['0 5 1 * 0', 7 * day],
  ] as const)
    it(`${cron}: ${pause / hour} h`, () => assert.equal(longestPauseMs(cron), pause));

  it('of a line that never starts has no end', () => assert.equal(longestPauseMs('0 0 31 2 *'), Infinity));
});
