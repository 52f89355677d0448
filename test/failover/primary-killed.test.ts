/**
 * The primary dies while orders and payments are placed: its process is killed, its container is removed, its postmaster
 * dies in a container that lives on. Nobody is asked: the guard sees it, the policy of the plan answers, the standby serves.
 * The ledger says whether a row that was acknowledged is gone.
 */
import assert from 'node:assert/strict';
import { docker } from '../support/docker';
import { failoverResult, type Pair, type Server } from '../support/pair';
import { resultOf } from '../support/runs';
import { usePair } from '../support/use-pair';

describe('primary killed', function () {
  this.timeout(180_000);
  let pair: Pair;
  usePair((opened) => (pair = opened));

  const failsOver = async (disaster: (primary: Server) => Promise<unknown>): Promise<void> => {
    await pair.startLedger();
    const before = await pair.roles();
    const timeline = await pair.timeline(before.primary);
    const former = await pair.latest();

    await disaster(before.primary);
    const handle = await pair.nextRun('databaseFailover', former?.runId);
    const report = await resultOf(handle);
    const { view } = report;
    const result = failoverResult(report);

    assert.equal(view.verdict, 'met');
    assert.deepEqual(
      view.approvals.map((one) => [one.gate, one.via]),
      [['promote', 'policy']],
    );
    assert.equal(result.from, before.primary.service);
    assert.equal(result.to, before.standby.service);
    assert.equal(result.fence?.running, false);
    assert.ok(result.salvage.complete, 'its volume was there, so its WAL could be read to its end');
    assert.equal(result.loss.ms, 0);
    assert.equal((await pair.roles()).primary.service, before.standby.service);
    assert.ok((await pair.timeline(before.standby)) > timeline || result.promoted.timeline > timeline);

    const verdict = await pair.verdict();
    assert.deepEqual(
      { missing: verdict.missing, changed: verdict.changed, doubled: verdict.doubled },
      { missing: [], changed: [], doubled: [] },
    );
    assert.ok(verdict.expected > 20, `only ${verdict.expected} rows were acknowledged`);

    // The guard rebuilds the old primary by itself.
    await pair.quiet();
    assert.ok(await pair.inRecovery(before.primary), `${before.primary.service} is a standby now`);
  };

  it('its container is killed: the standby serves, no acknowledged row is lost', () =>
    failsOver((primary) => pair.kill(primary)));

  it('its container is removed: its volume is found all the same, no acknowledged row is lost', () =>
    failsOver((primary) => docker.getContainer(primary.container).remove({ force: true })));

  it('its postmaster is killed inside a container that lives on: no acknowledged row is lost', () =>
    failsOver(async (primary) => {
      // Process 1 ends with its child; stopped, it cannot, and the container lives on without a server.
      await pair.stopInit(primary);
      await pair.crash(primary);
    }));
});
