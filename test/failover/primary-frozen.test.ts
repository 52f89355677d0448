/**
 * The primary hangs: every process of it stands still, its container "runs", connections are accepted by the kernel and
 * never answered. It is failed over. Then it wakes up, in the middle of what it was doing, and must not take one write:
 * under managers that only let a lease run out it does. `DR_TEST_WHOLE=1` does it twenty times, else a few.
 */
import assert from 'node:assert/strict';
import { failoverResult, type Pair } from '../support/pair';
import { resultOf } from '../support/runs';
import { times } from '../support/sample';
import { usePair } from '../support/use-pair';

describe('primary frozen, failed over, then resumed', function () {
  this.timeout(180_000);
  let pair: Pair;
  usePair((opened) => (pair = opened));

  for (const number of times(20, 2)) {
    it(`time ${number}: no write accepted by it, no acknowledged row lost`, async () => {
      await pair.startLedger();
      const before = await pair.roles();
      const timeline = await pair.timeline(before.primary);
      const former = await pair.latest();

      await pair.freeze(before.primary);
      // Whoever reaches it past the pooler tries to write from the first moment to long after it woke up.
      const handle = await pair.nextRun('databaseFailover', former?.runId);
      const taking = pair.writesTaken(before.primary, timeline, 6_000);
      const report = await resultOf(handle);
      const result = failoverResult(report);
      await pair.thaw(before.primary);

      assert.equal(report.view.verdict, 'met');
      assert.equal(result.fence?.running, false);
      assert.equal(result.loss.ms, 0);
      assert.equal(await taking, 0, `${before.primary.service} took writes after it was given up`);
      const verdict = await pair.verdict();
      assert.deepEqual(verdict.missing, []);
      await pair.quiet();
    });
  }
});
