/**
 * Somebody is recovering the database to a point in time when its primary dies. Two recoveries of one database never work at
 * once: the guard stands back and says so, and acts when the other run has ended. A guard that is frozen watches only, and a
 * second loss soon after a failover is for a person.
 */
import assert from 'node:assert/strict';
import { failoverResult, withFailover, type Pair } from '../support/pair';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import { usePair } from '../support/use-pair';

describe('failover has to wait', function () {
  this.timeout(240_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  it('a point-in-time recovery is under way: the guard stands back, and acts when it has ended', async () => {
    await pair.guard();
    await pair.startLedger();
    const { primary, standby } = await pair.roles();
    const recovery = await pair.shandi.recover({ target: { kind: 'latest' } });
    const waiting = await until(recovery, 'waiting-approval');
    await pair.kill(primary);
    await pair.guardSays('another run has the lock', (view) =>
      /recover\.database\.shandi works on the database: standing back/.test(view.waitingFor ?? ''),
    );
    assert.ok(await pair.inRecovery(standby), 'nothing is promoted');
    const { runId } = await recovery.describe();
    await recovery.executeUpdate('reject', {
      args: [{ card: openCard(waiting), by: 'tester', reason: 'the primary is lost, this is for the guard' }],
    });
    assert.equal((await failureOf(recovery)).code, 'DR-REJECTED');

    const report = await resultOf(await pair.nextRun('databaseFailover', runId));
    assert.equal(report.view.verdict, 'met');
    assert.equal(failoverResult(report).to, standby.service);
    assert.deepEqual((await pair.verdict()).missing, []);
    await pair.quiet();
  });

  it('the guard is frozen: it tells and does nothing; lifted, it acts', async () => {
    const guard = await pair.guard();
    const { primary, standby } = await pair.roles();
    const former = (await pair.latest())?.runId;
    await guard.executeUpdate('freeze', { args: [{ kind: 'freeze', by: 'tester', reason: 'network works tonight' }] });
    await pair.kill(primary);
    await pair.guardSays('nothing is done', (view) => /nothing is done: freeze by tester/.test(view.waitingFor ?? ''));
    assert.equal((await pair.latest())?.runId, former);
    await guard.executeUpdate('unfreeze', { args: [{ by: 'tester', reason: 'the works are over' }] });
    await resultOf(await pair.nextRun('databaseFailover', former));
    assert.equal((await pair.roles()).primary.service, standby.service);
    await pair.quiet();
  });

  it('a second loss soon after a failover: the policy does not answer, a person does', async () => {
    await pair.plan((plan) => withFailover(plan, { minimumInterval: 600_000 }));
    await pair.guard();
    const before = (await pair.latest())?.runId;
    const first = (await pair.roles()).primary;
    await pair.kill(first);
    const handle = await pair.nextRun('databaseFailover', before);
    assert.equal((await resultOf(handle)).view.approvals[0]?.via, 'policy');
    await pair.quiet();

    const former = (await pair.latest())?.runId;
    await pair.kill((await pair.roles()).primary);
    const second = await pair.nextRun('databaseFailover', former);
    const waiting = await until(second, 'waiting-approval');
    assert.match(waiting.gates[0]?.card.warnings.join(' ') ?? '', /left the decision to a person/);
    await approve(second, openCard(waiting));
    await resultOf(second);
    assert.equal((await pair.roles()).primary.service, first.service);
    await pair.quiet();
  });
});
