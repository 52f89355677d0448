import assert from 'node:assert/strict';
import { incidentQuery } from '../../workflows/contracts/incident';
import { releaseSignal } from '../../workflows/contracts/messages';
import { controlQueue } from '../../workflows/contracts/names';
import { killOrderService } from '../support/fake-incident';
import { FakeSite } from '../support/fake-site';
import { loseSite, loseSitePartly, serveAway } from '../support/fake-lost-site';
import { House } from '../support/house';
import { siteRuns } from '../support/site-runs';
import { approve, openCard, resultOf, seen, until } from '../support/runs';

describe('the lock of a database that goes to another site', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const both = ['primary', 'backup'];
  const { start, answer, hold, letGo } = siteRuns(() => house);
  const started = (site: FakeSite): string[][] =>
    (site.given.get('startServices') ?? []).map((one) => one['services'] as string[]);

  it('the lost site comes back by itself: it is stopped and marked, and the lock stays', async () => {
    const site = loseSite(new FakeSite());
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await answer(handle, 'unproven-fence');
        await answer(handle, 'traffic');
        await resultOf(handle);
        for (const [name, says] of [
          ['haltServer', { exists: true, running: false, exitCode: 137, containerId: 'old' }],
          ['markDemoted', { markedAt: '2026-11-23T09:00:01.000Z' }],
          ['stopServices', [{ service: 'nginx', containerId: 'nginx', policy: 'unless-stopped', ran: true }]],
        ] as const)
          site.answer(name, () => says);
        const before = site.count('haltServer');
        // Whoever promoted it has left the old primary's volume as it was.
        site.volumes.set('postgres', 'cluster');
        site.sites.isBack = true;
        const view = await seen(hold(), (now) => now.steps.some((one) => /Mark postgres-standby/.test(one.title)));
        assert.deepEqual(
          view.approvals.map((one) => [one.gate, one.via]),
          [['returned', 'policy']],
        );
        const halted = (site.given.get('haltServer') ?? []).slice(before);
        assert.deepEqual(halted.map((one) => (one['database'] as { service: string }).service).sort(), [
          'postgres',
          'postgres-standby',
        ]);
        await seen(hold(), (now) => now.steps.every((one) => one.state === 'done'));
        assert.deepEqual(
          (site.given.get('markDemoted') ?? []).slice(1).map((one) => (one['database'] as { service: string }).service),
          ['postgres'],
        );
        await assert.rejects(house.start('databaseFailover'), /already/i);
        await letGo();
      },
      both,
    );
  });

  it('the lost site comes back, and its gateway does not stop: its servers are stopped all the same', async () => {
    const site = loseSite(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', inRecovery: false, timeline: 2 });
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await answer(handle, 'traffic');
        await resultOf(handle);
        site.answer('haltServer', () => ({ exists: true, running: false, exitCode: 137, containerId: 'old' }));
        site.answer('markDemoted', () => ({ markedAt: '2026-11-23T09:00:01.000Z' }));
        site.volumes.set('postgres', 'cluster');
        site.fail('stopServices', 'DR-SERVICE', 'service nginx at site primary still runs after it was stopped');
        site.sites.isBack = true;
        const view = await seen(
          hold(),
          ({ state, steps }) =>
            state === 'held' && steps.some((one) => /Mark postgres as/.test(one.title) && one.state === 'done'),
        );
        assert.match(view.hold?.problem.message ?? '', /nginx at site primary still runs/);
        await hold().executeUpdate('resolve', {
          args: [{ action: 'abort', by: 'tester', reason: 'the test is over' }],
        });
      },
      both,
    );
  });

  it('another run has the lock of the database: held, and nothing of the site is stopped', async () => {
    const site = loseSitePartly(new FakeSite());
    await house.with(
      site,
      async () => {
        const other = await house.start('holdDatabase', { site: 'backup' });
        const handle = await start();
        await answer(handle, 'site-failover');
        const held = await until(handle, 'held');
        assert.match(held.hold?.problem.message ?? '', /another run works on database shandi/);
        assert.equal(site.count('stopServices') + site.count('haltServer'), 0);
        await other.signal(releaseSignal, { by: 'tester', reason: 'done' });
        await other.result();
        await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'tester', reason: 'it has ended' }] });
        await answer(handle, 'traffic');
        await resultOf(handle);
        // As long as the database is away nothing else gets at it.
        await assert.rejects(house.start('databaseFailover'), /already/i);
        await letGo();
      },
      both,
    );
  });

  it('a failover at home ends while the lock is waited for: the approval is void, and the lock is let go', async () => {
    const site = loseSitePartly(new FakeSite());
    await house.with(
      site,
      async () => {
        const other = await house.start('holdDatabase', { site: 'backup' });
        const handle = await start();
        await answer(handle, 'site-failover');
        await until(handle, 'held');
        site.primary = 'postgres-standby';
        site.servers.set('postgres-standby', { inRecovery: false, timeline: 2 });
        await other.signal(releaseSignal, { by: 'tester', reason: 'done' });
        await other.result();
        await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'tester', reason: 'it has ended' }] });
        const view = await seen(handle, ({ gates }) => gates.length === 2 && gates[1]?.state === 'open');
        assert.equal(view.gates[0]?.state, 'void');
        assert.match(view.gates[0]?.voided ?? '', /the primary of shandi was postgres, is now postgres-standby/);
        assert.equal(site.count('stopServices') + site.count('haltServer') + site.count('promoteStandby'), 0);
        await hold().result();
        // What is seen then holds: the run takes the lock again and goes on.
        await approve(handle, openCard(view));
        await answer(handle, 'traffic');
        await resultOf(handle);
        const halted = (site.given.get('haltServer') ?? []).map(
          (one) => (one['database'] as { service: string }).service,
        );
        assert.deepEqual(halted, ['postgres-standby']);
        await letGo();
      },
      both,
    );
  });

  it('somebody has ended the run that holds the lock: the run is held, and says that nothing keeps others off', async () => {
    const site = loseSitePartly(new FakeSite());
    site.delays.set('promoteStandby', 2_000);
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await seen(handle, (view) => view.steps.some((one) => /Promote backup-postgres/.test(one.title)));
        await hold().executeUpdate('abort', { args: [{ by: 'tester', reason: 'by mistake' }] });
        const held = await until(handle, 'held');
        assert.match(held.hold?.problem.message ?? '', /does not hold the lock of database shandi/);
        await handle.executeUpdate('resolve', {
          args: [{ action: 'skip', by: 'tester', reason: 'nobody else is here' }],
        });
        await answer(handle, 'traffic');
        await resultOf(handle);
      },
      both,
    );
  });

  it('the database is there already: nothing is fenced or promoted again, and the services are started', async () => {
    const site = loseSite(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', inRecovery: false, timeline: 2 });
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.equal(site.count('promoteStandby') + site.count('haltServer'), 0);
        assert.ok(started(site).flat().includes('order-service'));
        assert.deepEqual(report.result['notRecovered'], []);
        // Nobody has proven that the old primary is stopped: the holder stops it when its site is back.
        site.answer('haltServer', () => ({ exists: true, running: false, exitCode: 137, containerId: 'old' }));
        site.answer('stopServices', () => []);
        site.sites.isBack = true;
        await seen(hold(), ({ steps }) => steps.some((one) => /Stop postgres of site primary/.test(one.title)));
        await letGo();
      },
      both,
    );
  });

  it('the database is there already, and its old primary is proven to be stopped: the holder waits for nobody', async () => {
    const site = loseSitePartly(new FakeSite());
    site.servers.set('backup-postgres', { site: 'backup', inRecovery: false, timeline: 2 });
    await house.with(
      site,
      async () => {
        const handle = await start();
        await answer(handle, 'site-failover');
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.ok(report.view.steps.some((one) => /Prove that postgres is stopped/.test(one.title)));
        site.sites.isBack = true;
        await letGo();
        assert.equal(site.count('haltServer') + site.count('awaitSite'), 0);
      },
      both,
    );
  });

  it('a new incident while another site serves: that one is looked at, and what the plan lets begin by itself does not', async () => {
    const site = serveAway(new FakeSite());
    killOrderService(site);
    await house.with(
      site,
      async () => {
        const handle = await house.client.workflow.start('incidentResponse', {
          taskQueue: controlQueue,
          workflowId: 'incident.inc-1',
          args: [{ incident: 'inc-1', reason: 'orders are refused', by: 'tester', tell: false }],
        });
        const { timeline } = await until(handle, 'waiting-approval');
        assert.ok(timeline.some(({ text }) => /site backup serves, so that one is looked at/.test(text)));
        const { verdicts } = await handle.query(incidentQuery);
        const outage = verdicts.find((one) => one.scenario === 'service-outage');
        assert.match(outage?.begins ?? '', /Site backup serves, and nothing may be started at the primary one/);
        await handle.executeUpdate('choose', { args: [{ scenario: 'service-outage', by: 'tester', reason: 'test' }] });
        await seen(handle, ({ timeline: now }) => now.some(({ text }) => /mend it at site backup by hand/.test(text)));
        assert.equal(site.approvals.length, 0);
        const asked = (site.given.get('askGateway') ?? []).map((one) => (one['site'] as { name: string }).name);
        assert.deepEqual([...new Set(asked)], ['backup']);
      },
      both,
    );
  });
});
