import assert from 'node:assert/strict';
import { pastRunOf } from '../../activities/evidence/past-runs';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { ChecklistView } from '../../workflows/contracts/checklist';
import { controlQueue } from '../../workflows/contracts/names';
import { certificate } from '../support/fake-configuration';
import { serveAway } from '../support/fake-lost-site';
import { FakeSite } from '../support/fake-site';
import { killAll } from '../support/fake-system';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, seen, until, untilChildWaits } from '../support/runs';

describe('full-system recovery: data first, then the critical services, then the rest', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });

  /** With the workers of both sites: one that is away is waited for, as a site that may serve. */
  const everywhere = (site: FakeSite, act: () => Promise<void>): Promise<void> =>
    house.with(site, act, ['primary', 'backup']);

  function killed(): FakeSite {
    const site = new FakeSite();
    killAll(site);
    return site;
  }
  const started = (site: FakeSite): string[][] =>
    (site.given.get('startServices') ?? []).map((one) => one['services'] as string[]);

  it('everything was killed: the database is restarted, and no service is started before it serves', async () => {
    const site = killed();
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.equal(report.view.verdict, 'met');
      assert.equal(pastRunOf(report)?.allDown, true);
      assert.deepEqual(
        (report.result['data'] as { resource: string; ways: string[] }[]).map(({ resource, ways }) => [resource, ways]),
        [
          ['database.shandi', ['restart']],
          ['store.redis', ['restart']],
        ],
      );
      const critical = started(site).findIndex((services) => services.includes('order-service'));
      assert.deepEqual(started(site)[critical], ['auth-service', 'order-service', 'payment-service', 'api-gateway']);
      const order = (name: string): number => site.ended.indexOf(name);
      assert.ok(order('restartServer') < site.calls.indexOf('awaitServices'));
      assert.ok(order('writeCanary') < site.calls.indexOf('awaitServices'));
      // The critical services serve their clients before any other is started.
      const pages = site.calls.indexOf('askPages');
      const rest = site.calls.reduce((last, name, index) => (name === 'startServices' ? index : last), -1);
      assert.ok(pages < rest, `${pages} < ${rest}`);
      assert.deepEqual(report.result['notRecovered'], []);
      // What Redis had not written to its disk, as it is configured.
      assert.equal(report.view.objectives?.achievedRpo, 1_000);
    });
  });

  it('everything works: nothing is started, nobody is asked', async () => {
    const site = new FakeSite();
    site.system.state = 'running';
    site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true };
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual([report.view.verdict, report.result['needed'], report.view.gates.length], ['none', false, 0]);
      assert.deepEqual(started(site), []);
    });
  });

  it('its parts are well and clients do not get a page: the gateway is opened anew', async () => {
    const site = new FakeSite();
    site.system.state = 'running';
    site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true };
    site.system.badPages.add('/api/orders?limit=1');
    site.answer('startServices', (given) => {
      const { services } = given as { services: string[] };
      site.system.badPages.clear();
      return services.map((service) => ({ service, containerId: service, how: 'ran' }));
    });
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.equal(report.view.verdict, 'met');
      assert.equal(site.count('reloadGateway'), 1);
    });
  });

  it('a service does not come back by a start: it gets a run of its own, and the others are not kept waiting by its end', async () => {
    const site = killed();
    site.system.ill.add('menu-service');
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(report.result['notRecovered'], []);
      const recovery = report.view.steps.find((one) => one.title === 'Recover menu-service');
      assert.match(recovery?.outcome ?? '', /ended, verdict met/);
    });
  });

  it('a service cannot be brought back: it is named, and nothing is called verified', async () => {
    const site = killed();
    site.system.ill.add('content-service');
    site.service.imageThere = false;
    site.service.container = undefined;
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(report.result['notRecovered'], ['content-service']);
      assert.equal(report.view.verdict, 'none');
      assert.match(
        JSON.stringify(report.view.problems),
        /content-service was not brought back: .*DR-IMAGE-MISSING|image/,
      );
    });
  });

  it('the volume of the database is gone and its standby has the data: it is woken and promoted', async () => {
    const site = killed();
    site.servers.set('postgres', { answered: false, problem: 'it has no container' });
    site.without.set('postgres', ['container']);
    site.system.services.set('postgres', { state: 'none' });
    site.volumes.set('postgres', 'gone');
    await everywhere(site, async () => {
      const handle = await start({ protect: false });
      const child = house.client.workflow.getHandle('recover.database.shandi');
      // Nobody knows what is lost, so the run that promotes asks, and the one that waits for it says so.
      const waitsOn = await untilChildWaits(handle);
      assert.deepEqual(
        waitsOn.map(({ workflowId, state }) => [workflowId, state]),
        [['recover.database.shandi', 'waiting-approval']],
      );
      await approve(child);
      const report = await resultOf(handle);
      assert.equal(report.view.waitsOn, undefined);
      assert.deepEqual((report.result['data'] as { ways: string[] }[])[0]?.ways, ['failover']);
      assert.equal(site.count('promoteStandby'), 1);
      assert.match(
        (report.result['exposed'] as string[]).join(),
        /standbys of shandi do not follow, as the input has it/,
      );
    });
  });

  it('the server does not start on its data: the next way is taken; a person says no to it: held, and no harsher way is taken', async () => {
    const site = killed();
    site.fail('restartServer', 'DR-DATABASE-DOWN', 'PANIC: could not locate a valid checkpoint record', 9);
    await everywhere(site, async () => {
      const handle = await start({ protect: false });
      const child = house.client.workflow.getHandle('recover.database.shandi');
      await untilChildWaits(handle);
      const card = openCard(await until(child, 'waiting-approval'));
      await child.executeUpdate('reject', { args: [{ card, by: 'Management', reason: 'wait for the DBA' }] });
      const held = await until(handle, 'held');
      assert.match(held.hold?.problem.message ?? '', /clients do not reach shandi: .*wait for the DBA/);
      assert.equal(site.count('restoreCopy'), 0);
      // Somebody brings it back by other means.
      site.servers.clear();
      site.service.dependencies.clear();
      await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'DBA', reason: 'it is back' }] });
      const report = await resultOf(handle);
      assert.deepEqual((report.result['data'] as { ways: string[] }[])[0]?.ways, ['restart', 'failover']);
      assert.equal(report.view.verdict, 'unproven', 'what is lost nobody knows');
    });
  });

  it('the server comes back by itself before it is restarted: it is left alone', async () => {
    const site = killed();
    let looks = 0;
    site.answer('surveyServer', (given) => {
      const { service } = given as { service: string };
      looks += 1;
      if (looks > 2) site.servers.clear();
      if (looks > 2) site.service.dependencies.clear();
      return site.surveyed(service);
    });
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.equal(site.count('restartServer'), 0);
      assert.equal(report.view.verdict, 'met');
    });
  });

  it('a person may decide: the card shows how the data comes back and why, and silence is no consent', async () => {
    const site = killed();
    await everywhere(site, async () => {
      const handle = await start({ policyMayAnswer: false });
      const view = await until(handle, 'waiting-approval');
      const card = JSON.stringify(view.gates[0]?.card);
      assert.match(card, /Database shandi is restarted on the data it has/);
      assert.match(card, /auth-service, order-service, payment-service → api-gateway/);
      await handle.executeUpdate('reject', { args: [{ card: openCard(view), by: 'Management', reason: 'not now' }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.deepEqual(started(site), []);
      const again = await start({ policyMayAnswer: false });
      await approve(again);
      assert.equal((await resultOf(again)).view.verdict, 'met');
    });
  });

  it('the env file is broken and the certificate has expired: both are put back before anything else is looked at', async () => {
    const site = killed();
    site.system.problem = 'required variable PG_PASSWORD is missing a value';
    site.configuration.found = { certificates: [], problem: 'server.crt expired at 2026-11-01T00:00:00.000Z' };
    site.answer('placeFiles', () => {
      site.system.problem = undefined;
      site.configuration.found = { certificates: [], good: certificate };
      return { written: [] };
    });
    await everywhere(site, async () => {
      const report = await resultOf(await start());
      assert.equal(report.view.verdict, 'met');
      const children = report.view.steps.filter((one) => one.kind === 'child').map((one) => one.title);
      assert.deepEqual(children.slice(0, 2), ['Put back the configuration', 'Put back the certificates']);
      assert.ok(site.calls.indexOf('placeFiles') < site.calls.indexOf('readRoles'));
    });
  });

  it('people are told beside it: the checklist is ticked by what was reached, and the page says when it is over', async () => {
    const site = killed();
    await everywhere(site, async () => {
      const report = await resultOf(await start({ incident: 'inc-7' }));
      assert.equal(report.result['incident'], 'inc-7');
      const list = house.client.workflow.getHandle('checklist.inc-7');
      const { phases } = await list.query<ChecklistView>('checklist');
      const open = phases.flatMap((phase) => phase.items).filter((item) => item.milestone && item.state === 'open');
      assert.deepEqual(
        open.map((item) => item.milestone),
        ['notified', 'failover-active'],
        'the plan has no channel, and nothing was failed over',
      );
      const posted = (site.given.get('updateStatusPage') ?? []).map(
        (one) => (one['update'] as { state: string }).state,
      );
      assert.deepEqual(posted, ['investigating', 'identified', 'resolved']);
      await list.executeUpdate('close', { args: [{ by: 'tester', reason: 'test' }] });
    });
  });

  it('nobody is to be told: nobody is', async () => {
    const site = killed();
    await everywhere(site, async () => {
      const report = await resultOf(await start({ tell: false }));
      assert.equal(report.result['incident'], undefined);
      assert.equal(site.count('updateStatusPage'), 0);
    });
  });

  it('what Compose cannot read, and no bundle brings back, is refused before anything is touched', async () => {
    const site = killed();
    site.system.problem = 'required variable PG_PASSWORD is missing a value';
    site.configuration.bundles = [];
    await everywhere(site, async () => {
      const failed = await failureOf(await start());
      assert.equal(failed.code, 'DR-COMPOSE');
      assert.match(failed.message, /PG_PASSWORD is missing/);
      assert.deepEqual(started(site), []);
    });
  });

  it('business queries do not answer as expected: the run is held, and a skip leaves it without a verdict', async () => {
    const site = killed();
    site.system.queries = [{ name: 'users', value: 0, expected: 'at least 1', ok: false }];
    await everywhere(site, async () => {
      const handle = await start();
      const held = await until(handle, 'held');
      assert.equal(held.hold?.problem.code, 'DR-CORRUPT');
      await handle.executeUpdate('resolve', { args: [{ action: 'skip', by: 'tester', reason: 'known' }] });
      const report = await resultOf(handle);
      assert.deepEqual([report.view.verdict, report.result['validated']], ['none', false]);
    });
  });

  it('another site serves: refused with its name and what to do, and nothing is started at home', async () => {
    const site = serveAway(new FakeSite());
    await everywhere(site, async () => {
      const { code, message } = await failureOf(await start());
      assert.equal(code, 'DR-SITE');
      assert.match(message, /site backup serves: backup-postgres at site backup takes writes, on timeline 2/);
      assert.equal(site.approvals.length, 0);
    });
  });

  it('another site serves and does not answer: the lock of the database says so', async () => {
    const site = killed();
    await house.with(site, async () => {
      await house.start('holdDatabase', { site: 'backup' });
      const { code, message } = await failureOf(await start());
      assert.equal(code, 'DR-SITE');
      assert.match(message, /the lock of database shandi is held because site backup serves it/);
      assert.equal(site.approvals.length, 0);
    });
  });

  it('another site serves: nothing is put back at home either', async () => {
    const site = serveAway(new FakeSite());
    site.system.problem = 'no env file';
    await everywhere(site, async () => {
      assert.equal((await failureOf(await start())).code, 'DR-SITE');
      assert.equal(site.count('compareFiles') + site.count('stageBundle'), 0);
    });
  });

  it('the lock is held still, and the server of the other site says that it is a standby: home is recovered', async () => {
    const site = killed();
    site.servers.set('backup-postgres', { site: 'backup' });
    await everywhere(site, async () => {
      await house.start('holdDatabase', { site: 'backup' });
      const { steps } = await seen(await start(), (view) => view.steps.some((one) => /Start .*redis/.test(one.title)));
      assert.ok(steps.some((one) => one.title === 'Ask whether another site serves' && one.outcome === 'none does'));
    });
  });
});
