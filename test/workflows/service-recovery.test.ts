import assert from 'node:assert/strict';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

const well = { healthy: true, status: 200, says: 'status 200' };

describe('service recovery: the gentlest measure that helps, and nobody interrupted unasked', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const taken = (site: FakeSite): string[] =>
    site.calls.filter((name) => ['restartService', 'recreateService'].includes(name));

  it('it has ended: its log is kept, it is started again, and its clients get their page', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await house.recoverService());
      assert.equal(report.view.verdict, 'met');
      assert.deepEqual(taken(site), ['restartService']);
      const order = ['keepServiceLog', 'restartService', 'awaitService'];
      assert.deepEqual(
        site.calls.filter((name) => order.includes(name)),
        order,
      );
      assert.ok(site.calls.lastIndexOf('askGateway') > site.calls.indexOf('awaitService'));
      assert.match(report.view.approvals[0]?.reason ?? '', /order-service serves nobody, and allows restart by itself/);
      assert.equal(report.view.objectives?.achievedRpo, 0);
      assert.equal(report.view.objectives?.disasterAt, '2026-11-22T17:00:00.000Z');
      assert.deepEqual(report.result['measures'], [
        { measure: 'restart', helped: true, says: 'status 200', afterMs: 10 },
      ]);
    });
  });

  it('a restart does not help: its container is made anew', async () => {
    const site = new FakeSite();
    site.service.helps = ['recreate'];
    await house.with(site, async () => {
      const report = await resultOf(await house.recoverService());
      assert.deepEqual(taken(site), ['restartService', 'recreateService']);
      assert.equal(report.view.approvals.length, 2);
      assert.equal(site.given.get('awaitService')?.[1]?.['containerId'], 'new');
    });
  });

  it('nothing helps: the run is held, and goes on when somebody has mended it', async () => {
    const site = new FakeSite();
    site.service.helps = [];
    await house.with(site, async () => {
      const handle = await house.recoverService();
      const held = await until(handle, 'held');
      assert.equal(held.hold?.problem.code, 'DR-SERVICE');
      assert.match(held.hold?.problem.message ?? '', /nothing that this procedure can do has helped: .*ECONNREFUSED/);
      site.service.health = well;
      await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'tester', reason: 'mended' }] });
      assert.equal((await resultOf(handle)).view.verdict, 'met');
    });
  });

  it('what it depends on does not work: refused, with every reason, and nothing is touched', async () => {
    const site = new FakeSite();
    site.service.dependencies.set('redis', { healthy: false, says: 'it has no container' });
    site.service.dependencies.set('shandi', { healthy: false, says: 'ECONNREFUSED' });
    await house.with(site, async () => {
      const failure = await failureOf(await house.recoverService());
      assert.equal(failure.code, 'DR-REFUSED');
      assert.match(failure.message, /DR-DEPENDENCY: shandi, which it depends on, does not work: ECONNREFUSED/);
      assert.match(failure.message, /DR-DEPENDENCY: redis, .*: it has no container/);
      assert.deepEqual(taken(site), []);
      assert.equal(site.approvals.length, 0);
    });
  });

  it('its container is gone and so is its image: refused, nothing is pulled', async () => {
    const site = new FakeSite();
    site.service.container = undefined;
    site.service.imageThere = false;
    await house.with(site, async () => {
      const failure = await failureOf(await house.recoverService());
      assert.equal(failure.code, 'DR-IMAGE-MISSING');
      assert.deepEqual(taken(site), []);
    });
  });

  it('it is well: nothing is done', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.service.health = well;
    await house.with(site, async () => {
      const report = await resultOf(await house.recoverService());
      assert.equal(report.result['needed'], false);
      assert.equal(site.count('keepServiceLog') + site.approvals.length, 0);
    });
  });

  it('it is well and a measure is named: a person decides, because its clients are interrupted', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.service.health = well;
    await house.with(site, async () => {
      const handle = await house.recoverService({ first: 'recreate' });
      const waiting = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card.facts), /ANSWERS: its clients are interrupted/);
      assert.deepEqual(taken(site), []);
      await approve(handle);
      await resultOf(handle);
      assert.deepEqual(taken(site), ['recreateService']);
    });
  });

  it('it says that it is ill and serves all the same: a person decides', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.answer('askGateway', () => well);
    site.service.health = { healthy: false, status: 503, says: 'status 503: redis' };
    await house.with(site, async () => {
      const handle = await house.recoverService();
      const waiting = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card.facts), /ANSWERS: its clients are interrupted/);
      assert.deepEqual(taken(site), []);
    });
  });

  it('the engine does not start it again: the next measure is taken', async () => {
    const site = new FakeSite();
    site.service.refuses = 'network shandi_default not found';
    await house.with(site, async () => {
      const report = await resultOf(await house.recoverService());
      assert.match(
        JSON.stringify(report.result['measures']),
        /"restart","helped":false,"says":"the engine does not start it: network/,
      );
      assert.deepEqual(taken(site), ['restartService', 'recreateService']);
    });
  });

  it('a restart is asked for and there is no container: it is made anew', async () => {
    const site = new FakeSite();
    site.service.container = undefined;
    await house.with(site, async () => {
      await resultOf(await house.recoverService({ first: 'restart' }));
      assert.deepEqual(taken(site), ['recreateService']);
    });
  });

  it('it is paused for longer than a look is worth, and comes back meanwhile: nothing is done', async () => {
    const site = new FakeSite();
    site.delays.set('askDependency', 700);
    await house.with(site, async () => {
      const handle = await house.recoverService();
      while (!site.ended.includes('inspectService')) await new Promise((resolve) => setTimeout(resolve, 10));
      await handle.executeUpdate('pause', { args: [{ by: 'tester', reason: 'wait' }] });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      site.service.container = { running: true };
      site.service.health = well;
      await handle.executeUpdate('resume', { args: [{ by: 'tester', reason: 'go on' }] });
      const report = await resultOf(handle);
      assert.deepEqual(taken(site), []);
      assert.match(JSON.stringify(report.view.timeline), /is well by itself: restart was not needed/);
    });
  });

  it('left to a person, who says no: it is left as it is', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recoverService({ policyMayAnswer: false });
      const card = openCard(await until(handle, 'waiting-approval'));
      await handle.executeUpdate('reject', { args: [{ card, by: 'DevOps Team', reason: 'we look first' }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.deepEqual(taken(site), []);
    });
  });

  it('it comes back while a person thinks: nothing is done, whatever they say', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recoverService({ policyMayAnswer: false });
      const card = openCard(await until(handle, 'waiting-approval'));
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      site.service.container = { running: true };
      site.service.health = well;
      await approve(handle, card);
      const report = await resultOf(handle);
      assert.match(JSON.stringify(report.view.timeline), /is well by itself/);
      assert.deepEqual(taken(site), []);
    });
  });

  it('somebody restarts it while a person thinks, in vain: another card, and the container of that one is meant', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recoverService({ policyMayAnswer: false });
      const card = openCard(await until(handle, 'waiting-approval'));
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      site.service.container = { id: 'another', startedAt: '2026-11-22T16:59:00.000Z', running: false, exitCode: 1 };
      await approve(handle, card);
      const again = await until(handle, 'waiting-approval');
      assert.match(again.gates[0]?.voided ?? '', /its container was old .*, is now another/);
      await approve(handle, openCard(again));
      await resultOf(handle);
      assert.equal(site.given.get('restartService')?.[0]?.['containerId'], 'another');
    });
  });

  it('it is well and its clients do not get their page: refused, because the fault lies between', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.service.health = well;
    site.service.page = { healthy: false, status: 503, says: 'status 503' };
    await house.with(site, async () => {
      const failure = await failureOf(await house.recoverService());
      assert.equal(failure.code, 'DR-GATEWAY');
      assert.deepEqual(taken(site), []);
    });
  });

  it('the gateway of the services is well and nginx does not find it: nginx looks anew, nothing else', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.service.health = well;
    site.service.page = { healthy: false, status: 502, says: 'status 502' };
    site.answer('reloadGateway', () => (site.service.page = well));
    await house.with(site, async () => {
      const report = await resultOf(
        await house.recoverService({ service: 'api-gateway' }, 'recover.service.api-gateway'),
      );
      assert.match(JSON.stringify(report.result['measures']), /"reload","helped":true/);
      assert.deepEqual(taken(site), []);
    });
  });

  it('after the measure its clients still do not get their page: held, not done', async () => {
    const site = new FakeSite();
    site.service.page = { healthy: false, status: 503, says: 'status 503: order-service does not answer' };
    await house.with(site, async () => {
      const handle = await house.recoverService();
      const held = await until(handle, 'held');
      assert.match(held.hold?.problem.message ?? '', /its clients do not get .*status 503/);
      assert.equal(held.objectives?.verifiedAt, undefined);
      site.service.page = well;
      await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'tester', reason: 'mended' }] });
      await resultOf(handle);
    });
  });

  it('a service behind nginx itself: nginx is told, because it resolves names only then', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      await resultOf(await house.recoverService({ service: 'api-gateway' }, 'recover.service.api-gateway'));
      assert.equal(site.count('reloadGateway'), 1);
    });
    const other = new FakeSite();
    await house.with(other, async () => {
      await resultOf(await house.recoverService());
      assert.equal(other.count('reloadGateway'), 0);
    });
  });

  const bad: [string, Record<string, unknown>, string, RegExp][] = [
    [
      'a service the plan does not have',
      { service: 'bar-service' },
      'recover.service.bar-service',
      /"bar-service", the plan has: api-gateway/,
    ],
    ['another lock', {}, 'recover.service.menu-service', /expected recover\.service\.order-service/],
    [
      'a measure there is not',
      { first: 'reboot' },
      'recover.service.order-service',
      /first of the input.* is "reboot": expected restart or recreate/,
    ],
    ['a key there is not', { force: true }, 'recover.service.order-service', /force/],
    ['no time at all', { healthyWithinMs: 0 }, 'recover.service.order-service', /healthyWithinMs of the input.* is 0/],
  ];
  for (const [title, input, id, sentence] of bad)
    it(`bad input: ${title}`, async () => {
      await house.with(new FakeSite(), async () => {
        const failure = await failureOf(await house.recoverService(input, id));
        assert.ok(['DR-INPUT', 'DR-UNKNOWN-SERVICE'].includes(failure.code), failure.code);
        assert.match(failure.message, sentence);
      });
    });
});
