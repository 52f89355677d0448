/**
 * The primary is lost, and the standby is not fit to follow it: it lags, it is on another timeline, its replay is paused or
 * delayed on purpose, or it is dead too. Promoting it would lose rows, or bring back an older world. It is refused with the
 * reason, or a person is asked with the loss on the card.
 */
import assert from 'node:assert/strict';
import { failoverResult, withFailover, withTier, type Pair, type Server } from '../support/pair';
import { approve, failureOf, resultOf, until } from '../support/runs';
import { usePair } from '../support/use-pair';

describe('standby unfit', function () {
  this.timeout(180_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  /** A guard has watched, so that it is known what the primary was; then it is away, and people act. */
  const watchedOnce = async (): Promise<{ primary: Server; standby: Server }> => {
    await pair.guard();
    await pair.unguard();
    return pair.roles();
  };

  /** Sets something on the standby; taken back at the end. */
  const set = async (standby: Server, setting: string, value: string): Promise<void> => {
    pair.afterwards(async () => {
      await pair.sql(standby, `ALTER SYSTEM RESET ${setting}`);
      await pair.sql(standby, 'SELECT pg_reload_conf()');
    });
    await pair.sql(standby, `ALTER SYSTEM SET ${setting} = '${value}'`);
    await pair.sql(standby, 'SELECT pg_reload_conf()');
  };

  /** The primary is killed, a person starts a failover, which is refused; then the primary is started again in its place. */
  const refused = async (primary: Server, standby: Server, because: RegExp): Promise<void> => {
    await pair.kill(primary);
    const { code, message } = await failureOf(await pair.start('databaseFailover'));
    assert.equal(code, 'DR-STANDBY');
    assert.match(message, because);
    assert.match(message, new RegExp(standby.service));
    const restarted = await resultOf(await pair.start('databaseRestart'));
    assert.equal(restarted.view.verdict, 'met');
    assert.equal((await pair.roles()).primary.service, primary.service);
  };

  it('its replay is paused: refused; the primary is restarted in its place instead, and nothing is lost', async () => {
    await pair.startLedger();
    const { primary, standby } = await watchedOnce();
    pair.afterwards(() => pair.sql(standby, 'SELECT pg_wal_replay_resume()'));
    await pair.sql(standby, 'SELECT pg_wal_replay_pause()');
    await refused(primary, standby, /its replay is paused/);
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('it replays late on purpose: refused', async () => {
    const { primary, standby } = await watchedOnce();
    await set(standby, 'recovery_min_apply_delay', '1h');
    await refused(primary, standby, /late on purpose \(recovery_min_apply_delay\)/);
  });

  it('a recovery to an earlier moment has left it behind on the old timeline: refused, then rebuilt', async () => {
    const { standby } = await pair.roles();
    const before = await pair.shandi.mark();
    const moment = await pair.shandi.now();
    const { name } = await pair.shandi.mark();
    const recovery = await pair.shandi.recover({ target: { kind: 'time', time: moment }, rebuildStandbys: false });
    await approve(recovery);
    await resultOf(recovery);
    const { primary } = await watchedOnce();
    await refused(primary, standby, /it is on timeline \d+, the primary was on \d+/);

    // What it still holds of the old history is on the card before it is taken away.
    const rebuilt = await pair.reprotect();
    const card = rebuilt.view.gates[0]?.card;
    assert.match(card?.loss[0]?.value ?? '', /^[1-9]\d*$/);
    assert.equal(rebuilt.view.approvals[0]?.via, 'person');
    await pair.quiet();
    const marks = await pair.shandi.marks(standby.container);
    assert.ok(marks.includes(before.name));
    assert.ok(!marks.includes(name));
  });

  it('it lags by more than the RPO: a person is asked, with the loss on the card; salvage brings every row back', async () => {
    await pair.plan((plan) => withTier(withFailover(plan, { reprotect: false }), 'P1', { rpo: 1_500 }));
    await pair.guard();
    await pair.startLedger();
    const { primary, standby } = await pair.roles();
    const former = await pair.latest();
    await set(standby, 'primary_conninfo', 'host=127.0.0.9 port=1');
    await pair.shandi.eventually('rows were acknowledged that the standby has not', async () => {
      const sql = `SELECT coalesce(extract(epoch FROM clock_timestamp() - max(at)), 0) > 4 FROM dr_heartbeat`;
      return (await pair.sql(standby, sql)) === 't' ? true : undefined;
    });
    await pair.kill(primary);

    const handle = await pair.nextRun('databaseFailover', former?.runId);
    const waiting = await until(handle, 'waiting-approval');
    const card = waiting.gates[0]?.card;
    assert.match(card?.warnings.join(' ') ?? '', /the standby lags: up to .* would be lost, tier P1 allows 1\.5 s/);
    assert.match(card?.loss.find((one) => one.label.startsWith('RPO'))?.value ?? '', /MISSED/);
    assert.ok(await pair.inRecovery(standby), 'nothing is promoted while it waits');
    await approve(handle);
    const result = failoverResult(await resultOf(handle));
    assert.ok((result.estimate.ms ?? 0) > 1_500);
    assert.ok(result.salvage.complete);
    assert.deepEqual((await pair.verdict()).missing, [], 'the dead primary had them, and its volume was read');
  });

  it('both die: nothing is promoted, a person is told; started again in its place the primary has every row', async () => {
    await pair.guard();
    await pair.startLedger();
    const { primary, standby } = await pair.roles();
    const former = await pair.latest();
    await Promise.all([pair.kill(standby), pair.kill(primary)]);
    const { code, message } = await failureOf(await pair.nextRun('databaseFailover', former?.runId));
    assert.equal(code, 'DR-STANDBY');
    assert.match(message, new RegExp(`${standby.service} cannot be promoted: it does not answer`));
    await pair.guardSays(
      'a person is needed',
      (view) => view.state === 'alarm' && /did not succeed/.test(view.waitingFor ?? ''),
    );

    // It would try again in a while; meanwhile a person acts.
    await pair.unguard();
    assert.equal((await resultOf(await pair.start('databaseRestart'))).view.verdict, 'met');
    assert.equal((await pair.roles()).primary.service, primary.service);
    assert.deepEqual((await pair.verdict()).missing, []);
    await pair.reprotect();
    await pair.quiet();
  });
});
