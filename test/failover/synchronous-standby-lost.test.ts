/**
 * The plan asks for RPO 0: commits wait for the standby. The standby dies, and every commit waits with it. After the time the
 * plan allows commits are let through alone, on record, and no failover is automatic any more until the standby is back.
 * And with it in place a killed primary costs no row, and the promoted server does not wait for a standby it does not have.
 */
import assert from 'node:assert/strict';
import { docker } from '../support/docker';
import { failoverResult, withDatabase, withFailover, type Pair } from '../support/pair';
import { approve, openCard, resultOf, until } from '../support/runs';
import { usePair } from '../support/use-pair';

describe('synchronous standby lost', function () {
  this.timeout(240_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  const guarded = async (reprotect: boolean): Promise<void> => {
    await pair.plan((plan) => {
      const replication = plan.databases[0]?.replication;
      if (!replication) throw new Error('the plan has no database');
      const synchronous = { standbys: 1, degradeAfter: 3_000 };
      return withDatabase(withFailover(plan, { reprotect, minimumInterval: 0 }), {
        replication: { ...replication, synchronous },
      });
    });
    pair.afterwards(async () => {
      const { primary } = await pair.roles();
      await pair.sql(primary, 'ALTER SYSTEM RESET synchronous_standby_names');
      await pair.sql(primary, 'SELECT pg_reload_conf()');
    });
    await pair.guard();
    const { primary } = await pair.roles();
    await pair.shandi.eventually('commits wait for the standby', async () =>
      (await pair.sql(primary, 'SHOW synchronous_standby_names')).startsWith('ANY 1') ? true : undefined,
    );
    await pair.guardSays('RPO 0 holds', (view) =>
      view.facts.some((one) => one.facts.some((fact) => fact.label === 'RPO 0' && fact.value.startsWith('holds'))),
    );
  };

  it('commits wait as long as the plan says, then go on alone, on record, until it is back', async () => {
    await guarded(false);
    await pair.startLedger();
    const { primary, standby } = await pair.roles();
    await pair.kill(standby);
    await pair.guardSays('commits are let through alone', (view) =>
      view.timeline.some((one) => /RPO 0 does not hold from .*commits are let through alone/.test(one.text)),
    );
    assert.equal(await pair.sql(primary, 'SHOW synchronous_standby_names'), '');
    await pair.shandi.clientWrites();

    await docker.getContainer(standby.container).start();
    await pair.guardSays('RPO 0 holds again', (view) =>
      view.timeline.some((one) => /RPO 0 holds again/.test(one.text)),
    );
    assert.equal(await pair.sql(primary, 'SHOW synchronous_standby_names'), `ANY 1 ("${standby.service}")`);
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('while exposed, the loss of the primary is for a person', async () => {
    await guarded(false);
    const { primary, standby } = await pair.roles();
    const former = (await pair.latest())?.runId;
    await pair.freeze(standby);
    pair.afterwards(() => pair.thaw(standby));
    await pair.guardSays('commits are let through alone', (view) =>
      view.timeline.some((one) => /RPO 0 does not hold/.test(one.text)),
    );
    await pair.thaw(standby);
    await pair.kill(primary);
    const handle = await pair.nextRun('databaseFailover', former);
    const waiting = await until(handle, 'waiting-approval');
    assert.match(waiting.gates[0]?.card.warnings.join(' ') ?? '', /left the decision to a person/);
    await approve(handle, openCard(waiting));
    await resultOf(handle);
    await pair.unguard();
    await pair.reprotect();
    await pair.quiet();
  });

  it('synchronous and killed: nothing is lost, and the new primary writes without waiting for a standby', async () => {
    await guarded(true);
    await pair.startLedger();
    const { primary, standby } = await pair.roles();
    const former = (await pair.latest())?.runId;
    await pair.kill(primary);
    const report = await resultOf(await pair.nextRun('databaseFailover', former));
    assert.equal(report.view.verdict, 'met');
    assert.equal(failoverResult(report).loss.ms, 0);
    assert.deepEqual((await pair.verdict()).missing, []);
    await pair.quiet();
    await pair.shandi.eventually('commits wait for the new standby', async () =>
      (await pair.sql(standby, 'SHOW synchronous_standby_names')).includes(primary.service) ? true : undefined,
    );
  });
});
