import assert from 'node:assert/strict';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { deadServer, loseSite, loseSitePartly } from '../support/fake-lost-site';
import { House } from '../support/house';
import { siteRuns } from '../support/site-runs';
import { approve, failureOf, openCard, resultOf, seen, until } from '../support/runs';

describe('a site is lost: the other one serves', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const both = ['primary', 'backup'];
  const { start, gate, answer, hold, letGo } = siteRuns(() => house);
  const started = (site: FakeSite): string[][] =>
    (site.given.get('startServices') ?? []).map((one) => one['services'] as string[]);
  const siteOf = (site: FakeSite, activity: string): string[] =>
    (site.given.get(activity) ?? []).map((one) => (one['site'] as { name: string }).name);

  it('lost in full: a person decides, takes the risk of the unproven fence by name, and the critical services serve first', async () => {
    const site = loseSite(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        const first = await gate(handle, 'site-failover');
        const { card } = first.gates[0]!;
        assert.match(JSON.stringify(card.facts), /nothing of it answers, from anywhere/);
        assert.match(JSON.stringify(card.facts), /cannot be proven: the engine of its site does not answer/);
        assert.equal(
          site.count('promoteStandby') + site.count('startServices'),
          0,
          'nothing before a person has decided',
        );
        await approve(handle, openCard(first));
        const second = await gate(handle, 'unproven-fence');
        assert.equal(site.count('promoteStandby'), 0, 'nothing is promoted while the fence is in doubt');
        await approve(handle, openCard(second));
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.equal(report.view.verdict, 'unproven', 'what a server that nobody has stopped took is not known');
        assert.deepEqual(report.result['loss'], 'total');
        assert.deepEqual(report.result['notRecovered'], []);
        assert.equal(report.result['traffic'], true);
        assert.ok(report.view.timeline.some((one) => /NOT proven; the risk was accepted by tester/.test(one.text)));
        // The stores and the pooler, then what is critical, then the gateway, then the rest; all of it at the other site.
        const order = started(site);
        assert.deepEqual(order[0], ['redis', 'pgbouncer']);
        assert.deepEqual(order[1], ['auth-service', 'order-service', 'payment-service', 'api-gateway']);
        assert.deepEqual(order[2], ['nginx']);
        assert.ok(order[3]?.includes('menu-service'));
        assert.deepEqual(
          [...new Set([...siteOf(site, 'startServices'), ...siteOf(site, 'promoteStandby')])],
          ['backup'],
        );
        const [asked] = site.given.get('clientWrite') ?? [];
        const database = asked?.['database'] as { clientPath: { port: number }; service: string };
        assert.deepEqual([database.service, database.clientPath.port], ['backup-postgres', 6932]);
        await letGo();
      },
      both,
    );
  });

  it('the worker of the lost site is away: that is an answer, and hangs nothing', async () => {
    const site = loseSite(new FakeSite());
    await house.with(site, async () => {
      const handle = await start();
      const first = await gate(handle, 'site-failover');
      assert.match(JSON.stringify(first.gates[0]?.card.facts), /the worker of the site does not answer/);
      await approve(handle, openCard(first));
      await answer(handle, 'unproven-fence');
      await answer(handle, 'traffic');
      const report = await resultOf(handle);
      assert.match(JSON.stringify(report.view.timeline), /keep postgres from starting/);
      assert.equal(site.count('haltServer') + site.count('stopServices'), 0);
      assert.equal((report.result['databases'] as { fence: unknown }[])[0]?.fence, null);
      await letGo();
    }, ['backup']);
  });

  it('lost in part: what answers is stopped, that is proven, and its last WAL is taken over', async () => {
    const site = loseSitePartly(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        const first = await gate(handle, 'site-failover');
        assert.match(JSON.stringify(first.gates[0]?.card.facts), /can be proven/);
        await approve(handle, openCard(first));
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.deepEqual([report.result['loss'], report.view.verdict], ['partial', 'met']);
        assert.equal(report.view.objectives?.achievedRpo, 0, 'its WAL was read to the end');
        assert.deepEqual(
          (site.given.get('stopServices') ?? []).map((one) => one['services']),
          [['nginx'], ['pgbouncer']],
        );
        assert.deepEqual([...new Set(siteOf(site, 'haltServer'))], ['primary']);
        await letGo();
      },
      both,
    );
  });

  it('the primary went on to another timeline than the stand-in: the card says so, and no WAL is taken for all of it', async () => {
    const site = loseSitePartly(new FakeSite());
    site.sample = { ...site.sample!, timeline: 2 };
    await house.with(
      site,
      async () => {
        const handle = await start();
        const first = await gate(handle, 'site-failover');
        const told = /postgres was on timeline 2, backup-postgres is on 1: what was written since/;
        assert.match(first.gates[0]?.card.warnings.join(' ') ?? '', told);
        await approve(handle, openCard(first));
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.equal(site.count('salvageWal'), 0);
        const [database] = report.result['databases'] as { loss: { ms: number }; salvage: { problem: string } }[];
        assert.match(database?.salvage.problem ?? '', told);
        assert.notEqual(database?.loss.ms, 0);
        await letGo();
      },
      both,
    );
  });

  it('only the network between the sites is cut: the card says that the site serves', async () => {
    const site = loseSitePartly(new FakeSite());
    site.servers.delete('postgres');
    site.without.set('backup-postgres', ['receiver', 'receiverSilenceMs']);
    site.sites.reach = { ...site.sites.reach, client: { healthy: true, status: 200, says: 'status 200' } };
    await house.with(
      site,
      async () => {
        const handle = await start();
        const first = await gate(handle, 'site-failover');
        assert.match(JSON.stringify(first.gates[0]?.card), /IT SERVES ITS CLIENTS/);
        assert.match(first.gates[0]?.card.warnings.join(' ') ?? '', /A mended network loses nothing/);
        await handle.executeUpdate('reject', {
          args: [{ card: openCard(first), by: 'Management', reason: 'the network is being mended' }],
        });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(site.count('stopServices') + site.count('haltServer') + site.count('promoteStandby'), 0);
        const held = await hold()
          .describe()
          .then(
            ({ status }) => status.name === 'RUNNING',
            () => false,
          );
        assert.equal(held, false, 'no lock is taken');
      },
      both,
    );
  });

  it('nothing is lost: refused with a sentence, and nothing is touched', async () => {
    const site = loseSitePartly(new FakeSite());
    site.servers.delete('postgres');
    site.sites.across = { answers: true, says: 'postgres:5432 takes connections' };
    site.sites.reach = { ...site.sites.reach, client: { healthy: true, status: 200, says: 'status 200' } };
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(message, /nothing is lost: the site serves its clients, and backup-postgres follows/);
        assert.equal(site.approvals.length, 0);
      },
      both,
    );
  });

  it('the site that is to take over has no database that answers: refused', async () => {
    const site = loseSite(new FakeSite());
    site.servers.set('backup-postgres', { ...deadServer, site: 'backup', problem: 'it has no container' });
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(
          message,
          /backup-postgres, which holds shandi at site backup, does not answer: it has no container/,
        );
      },
      both,
    );
  });

  it('the database of the other site holds another cluster, or would not take over: refused with the reason', async () => {
    const site = loseSite(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', systemIdentifier: '8', replayPaused: true });
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(message, /it holds another cluster \(system 8, the primary was 7\); its replay is paused/);
      },
      both,
    );
  });

  for (const [name, expected] of [
    ['nowhere', /site "nowhere" is not in the plan, which has: primary, backup/],
    ['primary', /site primary is the primary one/],
  ] as const)
    it(`the site that is to take over is ${name}: refused with a sentence`, async () => {
      await house.with(loseSite(new FakeSite()), async () => {
        const { code, message } = await failureOf(await start({ site: name }));
        assert.equal(code, 'DR-SITE');
        assert.match(message, expected);
      });
    });

  it('the unproven fence is rejected: everything is as it was, and the database is free again', async () => {
    const site = loseSite(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        const second = await gate(handle, 'unproven-fence');
        await seen(handle, (view) =>
          view.steps.some((one) => /Write a key to redis/.test(one.title) && one.state === 'done'),
        );
        await handle.executeUpdate('reject', {
          args: [{ card: openCard(second), by: 'Management', reason: 'not sure' }],
        });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(site.count('promoteStandby'), 0);
        const stopped = (site.given.get('stopServices') ?? []).filter(
          (one) => (one['site'] as { name: string }).name === 'backup',
        );
        assert.deepEqual(
          stopped.map((one) => one['services']),
          [['redis', 'pgbouncer']],
        );
        assert.equal(((await hold().result()) as { result: { database: string } }).result.database, 'shandi');
      },
      both,
    );
  });

  it('aborted before the promotion: the lost site is let go as it was', async () => {
    const site = loseSitePartly(new FakeSite());
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: its replay is paused');
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await until(handle, 'held');
        await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });
        assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
        assert.deepEqual(
          (site.given.get('releaseServices') ?? [])
            .filter((one) => (one['site'] as { name: string }).name === 'primary')
            .map((one) => (one['services'] as { service: string }[]).map(({ service }) => service)),
          [['pgbouncer'], ['nginx']],
        );
        assert.deepEqual([site.count('unmarkDemoted'), site.count('unfenceServer')], [1, 1]);
        await hold().result();
      },
      both,
    );
  });

  it('the worker dies after it has stopped and started: the way back goes by what was there before, not by the last try', async () => {
    const site = loseSitePartly(new FakeSite());
    // A second try finds what the first has done.
    site.answer('stopServices', (given) =>
      (given as { services: string[] }).services.map((service) => ({
        ...{ service, containerId: service, policy: 'no', ran: false },
      })),
    );
    site.answer('startServices', (given) =>
      (given as { services: string[] }).services.map((service) => ({ service, containerId: service, how: 'ran' })),
    );
    site.fail('promoteStandby', 'DR-STANDBY', 'not promoted: its replay is paused');
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await until(handle, 'held');
        await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });
        await failureOf(handle);
        const released = (site.given.get('releaseServices') ?? []).map((one) => [
          (one['site'] as { name: string }).name,
          ...(one['services'] as { service: string; policy: string; ran: boolean }[]).map(
            ({ service, policy, ran }) => `${service} ${policy} ${ran}`,
          ),
        ]);
        assert.deepEqual(released.sort(), [
          ['backup', 'redis unless-stopped false', 'pgbouncer unless-stopped false'],
          ['primary', 'nginx unless-stopped true'],
          ['primary', 'pgbouncer unless-stopped true'],
        ]);
      },
      both,
    );
  });

  it('nobody changes the public record: what was done is validated, protected and reported, and clients are not proven', async () => {
    const site = loseSitePartly(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        const view = await gate(handle, 'traffic');
        assert.ok(site.count('placeTransactions') > 0, 'validated before a person is waited for');
        assert.ok(site.count('archiveCheck') > 0, 'the archive, too');
        await handle.executeUpdate('reject', {
          args: [{ card: openCard(view), by: 'Management', reason: 'the zone is not ours' }],
        });
        const report = await resultOf(handle);
        assert.deepEqual([report.result['traffic'], report.view.verdict], [false, 'met']);
        assert.match(JSON.stringify(report.view.timeline), /the record was not changed: rejected by Management/);
        await letGo();
      },
      both,
    );
  });

  it('a service does not come up: the run is held, and may go on without it on record', async () => {
    const site = loseSitePartly(new FakeSite());
    site.system.ill.add('menu-service');
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        const held = await until(handle, 'held');
        assert.match(held.hold?.problem.message ?? '', /menu-service is not well at site backup/);
        await handle.executeUpdate('resolve', { args: [{ action: 'skip', by: 'tester', reason: 'later' }] });
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.deepEqual(report.result['notRecovered'], ['menu-service']);
        assert.equal(report.view.verdict, 'none');
        await letGo();
      },
      both,
    );
  });

  it('after a way home somebody has started the stand-in as the primary that it was: refused, it is not taken for promoted', async () => {
    const site = loseSite(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', inRecovery: false, timeline: 2 });
    site.sample = { ...site.sample!, timeline: 3 };
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(message, /backup-postgres takes writes on timeline 2, and postgres was on 3/);
        assert.equal(site.approvals.length, 0);
      },
      both,
    );
  });

  it('in a drill it is refused: the copy has one site, and the lock of the database that serves is not taken', async () => {
    const site = loseSite(new FakeSite());
    await house.with(
      site,
      async () => {
        const { code, message } = await failureOf(
          await house.client.workflow.start('siteFailover', {
            taskQueue: controlQueue,
            workflowId: 'drill.recover.system',
            args: [{ site: 'backup', reason: 'test', by: 'tester', drill: true }],
          }),
        );
        assert.equal(code, 'DR-REFUSED');
        assert.match(message, /the copy of a drill has one site/);
        assert.equal(site.count('reachSite') + site.approvals.length, 0);
      },
      both,
    );
  });
});
