import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { serveAway } from '../support/fake-lost-site';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { siteRuns } from '../support/site-runs';
import { approve, failureOf, openCard, resultOf, seen, until } from '../support/runs';

describe('the way home after a site failover', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const both = ['primary', 'backup'];
  const { gate, answer, isHeld, startBack: start, held } = siteRuns(() => house);
  const word = { by: 'Management', reason: 'test' };
  const servicesAt = (site: FakeSite, activity: string, name: string): string[][] =>
    (site.given.get(activity) ?? [])
      .filter((one) => (one['site'] as { name: string }).name === name)
      .map((one) =>
        (one['services'] as (string | { service: string })[]).map((of) => (typeof of === 'string' ? of : of.service)),
      );
  const siteOf = (site: FakeSite, activity: string): string[] =>
    (site.given.get(activity) ?? []).map((one) => (one['site'] as { name: string }).name);
  const inOrder = (site: FakeSite, ...names: string[]): void => {
    const places = names.map((name) => site.calls.indexOf(name));
    assert.ok(!places.includes(-1), `${names[places.indexOf(-1)]} was not done: ${site.calls.join(' ')}`);
    const sorted = [...places].sort((a, b) => a - b);
    assert.deepEqual(places, sorted, site.calls.join(' '));
  };
  /** Site backup goes on: its clients are let in, its server runs, and what was started at home is stopped. */
  const undone = async (site: FakeSite): Promise<void> => {
    assert.equal(site.count('promoteStandby'), 0);
    assert.deepEqual([...new Set([...siteOf(site, 'pauseClients'), ...siteOf(site, 'resumeClients')])], ['backup']);
    assert.ok(site.calls.lastIndexOf('resumeClients') > site.calls.lastIndexOf('pauseClients'));
    assert.ok(servicesAt(site, 'stopServices', 'primary').flat().includes('order-service'));
    assert.deepEqual(servicesAt(site, 'stopServices', 'backup'), [], 'nothing of the site that serves is stopped');
    assert.equal(await isHeld(), true, 'the lock stays where it is');
  };

  it('a person approves: home is made ready before, nothing is lost, the lock is let go, and both sides are protected again', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        const holder = await held();
        const handle = await start();
        const view = await gate(handle, 'site-failback');
        const { card } = view.gates.at(-1)!;
        assert.match(JSON.stringify(card.loss), /none: it is undone when the last record cannot be proven/);
        assert.match(JSON.stringify(card.facts), /site backup: backup-postgres at 0\/6000000, timeline 2/);
        assert.match(JSON.stringify(card.facts), /postgres at site primary, 0 B behind/);
        // Home follows and everything there runs, with its gateway shut; clients notice nothing.
        inOrder(site, 'rewindStandby', 'startStandby', 'startServices');
        const started = servicesAt(site, 'startServices', 'primary').flat();
        assert.ok(started.includes('order-service') && !started.includes('nginx'), started.join());
        assert.equal(site.count('pauseClients') + site.count('promoteStandby') + site.count('openGateway'), 0);
        await approve(handle, openCard(view));
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.deepEqual([report.view.verdict, report.view.objectives?.achievedRpo], ['met', 0]);
        const { from, to, notRecovered, exposed, validated } = report.result;
        assert.deepEqual([from, to, notRecovered, exposed, validated], ['backup', 'primary', [], [], true]);
        inOrder(site, 'holdArchiving', 'pauseClients', 'stopInOrder', 'promoteStandby', 'followPrimary');
        assert.deepEqual([siteOf(site, 'pauseClients'), siteOf(site, 'stopInOrder')], [['backup'], ['backup']]);
        const [promoted] = site.given.get('promoteStandby') ?? [];
        assert.deepEqual(
          [promoted?.['service'], promoted?.['minReceivedLsn'], siteOf(site, 'promoteStandby')],
          ['postgres', '0/6000029', ['primary']],
        );
        const [write] = site.given.get('clientWrite') ?? [];
        assert.equal((write?.['database'] as { clientPath: { port: number } }).clientPath.port, 6432);
        // The gateway opens after the promotion, and that of the other site is shut; then the rest of it.
        const gateway = site.given
          .get('startServices')
          ?.findIndex((one) => `${one['services'] as string[]}` === 'nginx');
        assert.ok(gateway !== undefined && gateway > 0);
        const [door, rest] = servicesAt(site, 'stopServices', 'backup');
        assert.deepEqual(door, ['nginx']);
        assert.ok(rest?.includes('order-service') && rest.includes('redis') && rest.includes('pgbouncer'));
        assert.ok(!rest?.includes('backup-postgres'));
        assert.deepEqual(siteOf(site, 'followPrimary'), ['backup']);
        // Nobody keeps others off any longer, and the standby at home follows by a run of its own.
        assert.equal(((await holder.result()) as { result: { site: string } }).result.site, 'backup');
        assert.deepEqual(
          (site.given.get('startStandby') ?? []).map((one) => one['service']),
          ['postgres', 'backup-postgres', 'postgres-standby'],
        );
      },
      both,
    );
  });

  it('what was stopped for good gets the restart policy of its like back', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start({ validate: false });
        await answer(handle, 'site-failback');
        await answer(handle, 'traffic');
        await resultOf(handle);
        const policies = (site.given.get('releaseServices') ?? [])
          .filter((one) => (one['site'] as { name: string }).name === 'primary')
          .flatMap((one) => one['services'] as { service: string; policy: string; ran: boolean }[])
          .map(({ service, policy, ran }) => `${service} ${policy} ${ran}`);
        assert.deepEqual(policies, ['pgbouncer unless-stopped false', 'nginx unless-stopped false']);
      },
      both,
    );
  });

  it('nothing was failed over: refused, and nothing is touched', async () => {
    const site = new FakeSite();
    site.servers.set('backup-postgres', { site: 'backup' });
    site.sites.reach = { engine: { answered: true, says: '20 of 20 containers run' }, containers: 20 };
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(message, /nothing was failed over: backup-postgres at site backup takes no writes/);
        assert.equal(site.approvals.length, 0);
      },
      both,
    );
  });

  it('home is not reachable, Compose cannot read it, and a second primary runs there: refused with every reason at once', async () => {
    const site = serveAway(new FakeSite());
    site.sites.reach = {};
    site.servers.set('postgres', { inRecovery: false, timeline: 1 });
    site.system.problem = 'no env file';
    await house.with(
      site,
      async () => {
        const { message } = await failureOf(await start());
        assert.match(message, /there are two primaries: postgres at site primary takes writes on timeline 1/);
        assert.match(message, /site primary is not reachable: ECONNREFUSED/);
        assert.match(message, /Compose cannot read the project of site primary: no env file/);
        assert.equal(site.approvals.length, 0);
      },
      both,
    );
  });

  it('the worker of the home site is away: refused, and hangs nothing', async () => {
    const site = serveAway(new FakeSite());
    await house.with(site, async () => {
      const { code, message } = await failureOf(await start());
      assert.equal(code, 'DR-SITE');
      assert.match(message, /site primary is not reachable/);
    }, ['backup']);
  });

  it('another run works on the database: refused with its name', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        await until(await house.recover(), 'waiting-approval');
        const { message } = await failureOf(await start());
        assert.match(message, /another run works on database shandi: recover\.database\.shandi/);
        assert.equal(site.count('rewindStandby') + site.count('startServices'), 0);
      },
      both,
    );
  });

  it('nobody holds the lock, as after a control plane was lost: it is held for the way home, and let go', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        await gate(handle, 'site-failback');
        await assert.rejects(house.start('databaseFailover'), /already/i);
        await answer(handle, 'site-failback');
        await answer(handle, 'traffic');
        await resultOf(handle);
        assert.notEqual(await isHeld(), true);
      },
      both,
    );
  });

  it('another run takes the lock while both sides are looked at: held, nothing is rewound, and it goes on when that one has ended', async () => {
    const site = serveAway(new FakeSite());
    const quicker: WorkflowHandle[] = [];
    // Whoever has the lock was asked before this.
    site.answer('reachSite', async () => {
      quicker.push(await house.recover());
      return site.sites.answers().reachSite({ site: { name: 'primary' } });
    });
    await house.with(
      site,
      async () => {
        const handle = await start();
        const { hold: why } = await until(handle, 'held');
        assert.deepEqual(
          [why?.problem.code, why?.problem.message],
          ['DR-LOCKED', 'another run works on database shandi: recover.database.shandi'],
        );
        assert.equal(site.count('rewindStandby') + site.count('startServices'), 0);
        await quicker[0]?.terminate('it is over');
        await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
        await gate(handle, 'site-failback');
        assert.equal(await isHeld(), true);
      },
      both,
    );
  });

  it('the site has just come back: what its holder stops is waited for before anything is started there', async () => {
    const site = serveAway(new FakeSite());
    for (const [name, says] of [
      ['haltServer', { exists: true, running: false, exitCode: 137, containerId: 'old' }],
      ['stopServices', []],
    ] as const)
      site.answer(name, () => says);
    site.delays.set('haltServer', 500);
    await house.with(
      site,
      async () => {
        await held(false);
        const handle = await start();
        await seen(handle, (view) => view.steps.some((one) => /Ask who has the lock/.test(one.title)));
        site.sites.isBack = true;
        await gate(handle, 'site-failback');
        const lastHalt = site.ended.indexOf('haltServer', site.ended.indexOf('haltServer') + 1);
        assert.ok(lastHalt >= 0 && lastHalt < site.ended.indexOf('reachSite'), site.ended.join(' '));
      },
      both,
    );
  });

  it('the former primary has commits of its own: a person is asked by number before they are given up', async () => {
    const site = serveAway(new FakeSite());
    site.divergence = { commits: 3 };
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        const view = await gate(handle, 'rebuild');
        assert.match(JSON.stringify(view.gates.at(-1)?.card.loss), /"3"/);
        assert.equal(site.count('rewindStandby') + site.count('startServices'), 0);
        await handle.executeUpdate('reject', { args: [{ card: openCard(view), ...word }] });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(await isHeld(), true);
      },
      both,
    );
  });

  it('a transaction is open that will not end in time: refused before clients are held, and home is stopped again', async () => {
    const site = serveAway(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', oldestTransactionMs: 60_000 });
    await house.with(
      site,
      async () => {
        await held();
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-STALL');
        assert.match(message, /a transaction on backup-postgres is open for 1 min/);
        assert.equal(site.count('pauseClients'), 0);
        assert.ok(servicesAt(site, 'stopServices', 'primary').flat().includes('order-service'));
      },
      both,
    );
  });

  it('rejected: clients have noticed nothing, and what was started at home is stopped', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        const view = await gate(handle, 'site-failback');
        await handle.executeUpdate('reject', { args: [{ card: openCard(view), ...word }] });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(site.count('pauseClients') + site.count('stopInOrder'), 0);
        assert.deepEqual(servicesAt(site, 'stopServices', 'backup'), []);
        assert.ok(servicesAt(site, 'stopServices', 'primary').flat().includes('order-service'));
        assert.equal(await isHeld(), true);
      },
      both,
    );
  });

  it('the last record is not at home: undone at once, and the other site goes on serving', async () => {
    const site = serveAway(new FakeSite());
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: it has received WAL up to 0/6000000');
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        site.answer('unfenceServer', () => ({ containerId: 'old', running: true, durationMs: 10 }));
        await answer(handle, 'site-failback');
        const { code, message } = await failureOf(handle);
        assert.equal(code, 'DR-STALL');
        assert.match(message, /site backup goes on serving/);
        assert.deepEqual(siteOf(site, 'unfenceServer'), ['backup']);
        site.calls.splice(site.calls.indexOf('promoteStandby'), 1);
        await undone(site);
      },
      both,
    );
  });

  it('clients would be held for longer than the budget: undone, and they go on where they are', async () => {
    const site = serveAway(new FakeSite());
    site.delays.set('stopInOrder', 400);
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start({ stallBudgetMs: 200 });
        await answer(handle, 'site-failback');
        const { code, message } = await failureOf(handle);
        assert.equal(code, 'DR-STALL');
        assert.match(message, /held for longer than 200 ms/);
        await undone(site);
      },
      both,
    );
  });

  it('the worker dies between stopping and telling: the other site is left startable by what was there before', async () => {
    const site = serveAway(new FakeSite());
    // A second try finds what the first has done.
    site.answer('stopServices', (given) =>
      (given as { services: string[] }).services.map((service) => ({
        ...{ service, containerId: service, policy: 'no', ran: false },
      })),
    );
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        await answer(handle, 'site-failback');
        await answer(handle, 'traffic');
        await resultOf(handle);
        const left = (site.given.get('releaseServices') ?? [])
          .filter((one) => (one['site'] as { name: string }).name === 'backup')
          .flatMap((one) => one['services'] as { policy: string; ran: boolean }[]);
        assert.ok(left.length > 15, `${left.length}`);
        assert.ok(left.every(({ policy, ran }) => policy === 'unless-stopped' && !ran));
      },
      both,
    );
  });

  it('aborted after the promotion: what was done stays, clients are let in at home, and nothing is promoted back', async () => {
    const site = serveAway(new FakeSite());
    site.system.badPages.add('/api/orders?limit=1');
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        await answer(handle, 'site-failback');
        const view = await until(handle, 'held');
        assert.match(view.hold?.problem.message ?? '', /clients do not get \/api\/orders/);
        await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] }).catch(() => undefined);
        await handle.executeUpdate('abort', { args: [word] }).catch(() => undefined);
        const { code } = await failureOf(handle);
        assert.equal(code, 'DR-ABORTED');
        assert.deepEqual(siteOf(site, 'promoteStandby'), ['primary']);
        assert.equal(site.primary, 'postgres');
        assert.equal(siteOf(site, 'resumeClients').at(-1), 'primary');
        assert.equal(site.count('unfenceServer'), 0, 'the server of the other site is not started as a primary');
        assert.equal(await isHeld(), true, 'started again the run does what is left, and lets it go');
      },
      both,
    );
  });

  it('nobody changes the public record: everything else is done and protected, and clients are not proven', async () => {
    const site = serveAway(new FakeSite());
    await house.with(
      site,
      async () => {
        const holder = await held();
        const handle = await start();
        await answer(handle, 'site-failback');
        const view = await gate(handle, 'traffic');
        assert.match(view.gates.at(-1)?.card.title ?? '', /point api\.theshandi\.com at site primary again/);
        await holder.result();
        await handle.executeUpdate('reject', { args: [{ card: openCard(view), ...word }] });
        const report = await resultOf(handle);
        assert.deepEqual([report.result['traffic'], report.view.verdict], [false, 'met']);
      },
      both,
    );
  });

  it('in a drill it is refused', async () => {
    await house.with(serveAway(new FakeSite()), async () => {
      const { code } = await failureOf(
        await house.client.workflow.start('siteFailback', {
          taskQueue: controlQueue,
          workflowId: 'drill.recover.system',
          args: [{ reason: 'test', by: 'tester', drill: true }],
        }),
      );
      assert.equal(code, 'DR-REFUSED');
    });
  });
});
