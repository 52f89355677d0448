/**
 * The primary is lost, and the Docker engine of its site takes calls and answers none. Nobody can stop anything there, and
 * nobody can prove that nothing writes. Nothing is promoted until a person says, by name and on record, that the risk of two
 * primaries is theirs.
 */
import assert from 'node:assert/strict';
import type { Plan } from '../../plan';
import { stallingEngine, type StallingEngine } from '../support/stalling-engine';
import { failoverResult, withFailover, type Pair, type Server } from '../support/pair';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import { usePair } from '../support/use-pair';

/** The standby lives on another engine, that of the backup site; the engine of the primary is reached through the proxy. */
function behindTwoEngines(plan: Plan, standby: string, socketPath: string): Plan {
  const home = plan.sites.find((site) => site.role === 'primary');
  if (!home) throw new Error('the plan has no primary site');
  const sites = plan.sites.map((site) =>
    site === home ? { ...site, engine: { socketPath } } : { ...site, compose: home.compose, standIns: [] },
  );
  const databases = plan.databases.map((one) => {
    const away = (server: { service: string }): string => (server.service === standby ? 'backup' : home.name);
    const standbys = one.standbys.map((member) => ({ ...member, site: away(member) }));
    return { ...one, site: away(one), standbys };
  });
  return withFailover({ ...plan, sites, databases }, { reprotect: false, minimumInterval: 0 });
}

describe('Docker engine of the primary hangs', function () {
  this.timeout(240_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  /** The guard looks through a proxy; the primary freezes and the proxy stalls at the same time. */
  const disaster = async (): Promise<{ engine: StallingEngine; primary: Server; standby: Server; former?: string }> => {
    const engine = await stallingEngine(pair);
    const { standby } = await pair.roles();
    await pair.plan((plan) => behindTwoEngines(plan, standby.service, engine.socketPath));
    await pair.guard();
    await pair.startLedger();
    const former = (await pair.latest())?.runId;
    const roles = await pair.roles();
    pair.afterwards(() => pair.thaw(roles.primary));
    await pair.freeze(roles.primary);
    engine.stall();
    return { engine, ...roles, ...(former ? { former } : {}) };
  };

  it('the fence cannot be proven: two gates, nothing promoted; rejected, it is all as it was', async () => {
    const { engine, primary, standby, former } = await disaster();
    const handle = await pair.nextRun('databaseFailover', former);
    const first = await until(handle, 'waiting-approval');
    assert.match(
      first.gates[0]?.card.warnings.join(' ') ?? '',
      /engine of site primary does not answer, so that the fence cannot be proven/,
    );
    await approve(handle, openCard(first));
    const second = await pair.shandi.eventually('the second gate opens', async () => {
      const view = await until(handle, 'waiting-approval');
      return view.gates.length > 1 ? view : undefined;
    });
    assert.equal(second.gates[1]?.name, 'unproven-fence');
    assert.match(second.gates[1]?.card.title ?? '', /Accept the risk of two primaries/);
    assert.ok(await pair.inRecovery(standby), 'nothing is promoted');

    engine.release();
    await pair.thaw(primary);
    await handle.executeUpdate('reject', {
      args: [{ card: openCard(second), by: 'tester', reason: 'the engine is being mended' }],
    });
    assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
    await pair.unguard();
    await pair.quiet();
    assert.equal((await pair.roles()).primary.service, primary.service);
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('a person takes the risk: promoted, on record; what the old primary took is on the card of the rewind', async () => {
    const { engine, primary, standby, former } = await disaster();
    const handle = await pair.nextRun('databaseFailover', former);
    await approve(handle, openCard(await until(handle, 'waiting-approval')));
    const second = await pair.shandi.eventually('the second gate opens', async () => {
      const view = await until(handle, 'waiting-approval');
      return view.gates.length > 1 ? view : undefined;
    });
    await handle.executeUpdate('approve', {
      args: [{ card: openCard(second), by: 'Management', reason: 'the machine was powered off by hand' }],
    });
    await pair.shandi.eventually('the clients are sent to the standby', async () =>
      (await pair.roles()).primary.service === standby.service ? true : undefined,
    );
    // Its services are at the site whose engine hangs: they can be told the new address when it answers again.
    engine.release();
    const report = await resultOf(handle);
    assert.equal(failoverResult(report).fence, null);
    assert.ok(report.view.timeline.some((one) => /NOT proven; the risk was accepted by Management/.test(one.text)));
    assert.equal((await pair.roles()).primary.service, standby.service);

    // It was not powered off: it wakes up, and takes what only it will ever have.
    await pair.unguard();
    await pair.thaw(primary);
    await pair.shandi.eventually('the old primary answers', async () =>
      (await pair.inRecovery(primary).catch(() => undefined)) === false ? true : undefined,
    );
    await pair.sql(primary, `INSERT INTO dr_heartbeat (node) VALUES ('only-here')`);
    await pair.plan();
    const reprotect = await pair.start('reprotectDatabase', { fullBackup: false });
    const asked = await until(reprotect, 'waiting-approval');
    const card = asked.gates[0]?.card;
    assert.match(card?.loss[0]?.value ?? '', /^[1-9]\d*$/);
    await approve(reprotect, openCard(asked));
    await resultOf(reprotect);
    await pair.quiet();
    assert.equal(await pair.sql(standby, `SELECT count(*) FROM dr_heartbeat WHERE node = 'only-here'`), '0');
  });
});
