/**
 * The workers are killed (SIGKILL, control worker and the site's) right after a step has ended, at every step of a failover
 * and of a switchover: the worst time for whoever holds half a promotion in his hands. Whatever the step, the run goes on or
 * is undone, there is one primary and one new timeline at most, and no acknowledged row is lost. Sampled; the whole matrix
 * with `DR_TEST_WHOLE=1`.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { replaced, strike } from '../support/control-plane';
import { afterActivities } from '../support/history';
import { failoverResult, type Pair } from '../support/pair';
import { approve, resultOf } from '../support/runs';
import { sample } from '../support/sample';
import { usePair } from '../support/use-pair';

/** Steps of each run, counted by the activities that have ended. A run that ends sooner has simply no such boundary. */
const boundaries = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('worker killed at a step boundary', function () {
  this.timeout(240_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  const killAfter = async (handle: WorkflowHandle, ended: number): Promise<string> => {
    const last = await afterActivities(pair.shandi.client, handle, ended);
    const killed = (['control', 'site-primary'] as const).map((part) => [part, strike(part, 'SIGKILL')] as const);
    await Promise.all(killed.map(([part, pid]) => replaced(part, pid)));
    return last;
  };

  for (const boundary of sample(boundaries(18), 1))
    it(`failover, after step ${boundary}: it goes on; one new timeline, no row lost`, async () => {
      await pair.guard();
      await pair.unguard();
      await pair.startLedger();
      const { primary, standby } = await pair.roles();
      const timeline = await pair.timeline(primary);
      await pair.kill(primary);
      const handle = await pair.start('databaseFailover');
      console.log(`        killed after ${await killAfter(handle, boundary)}`);
      const report = await resultOf(handle);
      const result = failoverResult(report);
      assert.equal(report.view.verdict, 'met');
      assert.equal(result.fence?.running, false);
      assert.equal(result.promoted.timeline, timeline + 1, 'one promotion, one new timeline');
      assert.equal((await pair.roles()).primary.service, standby.service);
      assert.deepEqual((await pair.verdict()).missing, []);
      await pair.reprotect();
      await pair.quiet();
    });

  for (const boundary of sample(boundaries(20), 1))
    it(`switchover, after step ${boundary}: it goes on or is undone; one primary, no row lost`, async () => {
      await pair.startLedger();
      const { primary, standby } = await pair.roles();
      const timeline = await pair.timeline(primary);
      const handle = await pair.start('databaseSwitchover');
      const killing = killAfter(handle, boundary);
      await approve(handle);
      console.log(`        killed after ${await killing}`);
      const done = await handle.result().then(
        () => true,
        (error: Error & { cause?: { type?: string } }) => {
          assert.equal(error.cause?.type, 'DR-STALL', 'undone because the clients had waited too long');
          return false;
        },
      );
      const now = await pair.roles();
      assert.equal(now.primary.service, done ? standby.service : primary.service);
      await pair.shandi.clientWrites();
      assert.deepEqual((await pair.verdict()).missing, []);
      if (!done) await pair.reprotect();
      await pair.quiet();
      assert.equal(await pair.timeline((await pair.roles()).primary), done ? timeline + 1 : timeline);
    });
});
