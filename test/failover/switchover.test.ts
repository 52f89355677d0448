/**
 * The primary has to move: a machine is to be replaced. Clients wait for a moment, no transaction is cut, nothing is lost, and
 * the old primary follows without a rewind. What cannot be done in order is undone, or, where the primary does not serve any
 * more, goes on as a failover when a person says so.
 */
import assert from 'node:assert/strict';
import { Client } from 'pg';
import { connection, readEnv } from '../../platform/lifecycle';
import { project } from '../support/names';
import { failoverResult, signalPostmaster, type Pair } from '../support/pair';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import { usePair } from '../support/use-pair';
import { WritingClients } from '../support/writing-clients';

describe('switchover', function () {
  this.timeout(240_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  it('there and back: nothing lost, no transaction failed, the old primary follows', async () => {
    await pair.startLedger();
    const clients = await WritingClients.start();
    const before = await pair.roles();
    for (const to of [before.standby, before.primary]) {
      const handle = await pair.start('databaseSwitchover');
      await approve(handle);
      const { view, result } = await resultOf(handle);
      assert.equal(view.verdict, 'met');
      assert.deepEqual([result['graceful'], result['to'], result['followed']], [true, to.service, true]);
      assert.equal((await pair.roles()).primary.service, to.service);
      await pair.quiet();
    }
    const { acknowledged, failed } = await clients.stop();
    assert.deepEqual(failed, []);
    assert.ok(acknowledged > 100, `only ${acknowledged} transactions`);
    const verdict = await pair.verdict();
    assert.deepEqual([verdict.missing, verdict.changed, verdict.doubled], [[], [], []]);
    assert.equal(verdict.unacknowledged.sent, 0, 'every order and payment was answered');
  });

  it('the new primary dies a moment later: the old one, which has just begun to follow, takes over again', async () => {
    await pair.startLedger();
    const before = await pair.roles();
    const move = await pair.start('databaseSwitchover');
    await approve(move);
    await resultOf(move);
    await pair.guard();
    const former = (await pair.latest())?.runId;
    // No restart point since: its control file still names the timeline it was the primary of.
    await pair.kill(before.standby);
    const report = await resultOf(await pair.nextRun('databaseFailover', former));
    assert.equal(report.view.verdict, 'met');
    assert.equal(failoverResult(report).to, before.primary.service);
    assert.deepEqual((await pair.verdict()).missing, []);
    await pair.quiet();
  });

  it('a transaction does not end in time: undone within the stall budget, nothing has changed', async () => {
    const before = await pair.roles();
    const timeline = await pair.timeline(before.primary);
    const handle = await pair.start('databaseSwitchover', { stallBudgetMs: 800 });
    const waiting = await until(handle, 'waiting-approval');
    const holder = new Client(connection(await readEnv(project), 'PGBOUNCER_PORT'));
    await holder.connect();
    try {
      await holder.query('BEGIN; SELECT 1');
      await approve(handle, openCard(waiting));
      assert.equal((await failureOf(handle)).code, 'DR-STALL');
      assert.deepEqual((await holder.query('SELECT 2 AS two')).rows, [{ two: 2 }], 'the transaction was not cut');
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    await pair.quiet();
    assert.deepEqual(await pair.roles(), before);
    assert.equal(await pair.timeline(before.primary), timeline);
  });

  it('the standby does not stream: refused before anything is touched', async () => {
    const { standby } = await pair.roles();
    await pair.kill(standby);
    pair.afterwards(() => pair.reprotect());
    const { code, message } = await failureOf(await pair.start('databaseSwitchover'));
    assert.equal(code, 'DR-STANDBY');
    assert.match(message, /does not answer/);
    await pair.shandi.clientWrites();
  });

  it('the primary hangs in the middle: undone, then a person lets it go on as a failover; nothing is lost', async () => {
    // The guard has seen where it was.
    await pair.guard();
    await pair.unguard();
    await pair.startLedger();
    const before = await pair.roles();
    const handle = await pair.start('databaseSwitchover', { stallBudgetMs: 2_000 });
    const waiting = await until(handle, 'waiting-approval');
    // A postmaster that stands still lets its sessions work and hears no shutdown.
    pair.afterwards(() => pair.thaw(before.primary));
    await signalPostmaster(before.primary, 'STOP');
    await approve(handle, openCard(waiting));
    for (let gate = 2; ; gate += 1) {
      const view = await pair.shandi.eventually('the next gate opens, or it is over', async () => {
        const seen = await handle.query<Awaited<ReturnType<typeof until>>>('run');
        return seen.gates.length >= gate || seen.state === 'completed' ? seen : undefined;
      });
      if (view.state === 'completed') break;
      await approve(handle);
    }
    const report = await resultOf(handle);
    assert.equal(failoverResult(report).to, before.standby.service);
    assert.ok(report.view.gates.some((one) => one.name === 'ungraceful'));
    assert.deepEqual((await pair.verdict()).missing, []);
    await pair.reprotect();
    await pair.quiet();
  });
});
