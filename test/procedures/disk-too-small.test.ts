/**
 * The copy needs room that is not there: recovery would fill the disk and take the damaged server, which still answers,
 * down with it. The run measures where the copy would lie and refuses with both numbers before it writes a byte.
 */
import assert from 'node:assert/strict';
import { triedActivities } from '../support/history';
import { withPlan } from '../support/plan-file';
import { failureOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('disk too small', function () {
  this.timeout(60_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('is refused with what is free and what is needed, and nothing is touched', async () => {
    const before = await shandi.footprint();
    // Copies go to a file system of 20 MB, a real one.
    const copyVolume = { driver: 'local', options: { type: 'tmpfs', device: 'tmpfs', o: 'size=20m' } };
    await withPlan(
      (plan) => ({ ...plan, databases: plan.databases.map((one) => ({ ...one, copyVolume })) }),
      async () => {
        const handle = await shandi.recover({ target: { kind: 'latest' } });
        const failure = await failureOf(handle);
        assert.equal(failure.code, 'DR-DISK-TOO-SMALL', failure.message);
        assert.match(failure.message, /has 2\d(\.\d)? MB free, the copy needs [\d.]+ MB: 1\.2 × [\d.]+ MB of data and/);
        const done = (await triedActivities(handle)).map((one) => one.type);
        assert.ok(!done.includes('restoreCopy') && !done.includes('secureTail'), done.join(' '));
      },
    );
    assert.deepEqual(await shandi.footprint(), before);
  });
});
