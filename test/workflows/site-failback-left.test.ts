import assert from 'node:assert/strict';
import { halfHome, serveAway } from '../support/fake-lost-site';
import { container, FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { siteRuns } from '../support/site-runs';
import { approve, failureOf, openCard, resultOf, seen, until } from '../support/runs';

describe('what is left of a way home', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const both = ['primary', 'backup'];
  const { gate, answer, isHeld, startBack: start, held } = siteRuns(() => house);

  it('an earlier run was ended after the promotion: what it has left is done, and nothing is promoted again', async () => {
    const site = halfHome(new FakeSite());
    await house.with(
      site,
      async () => {
        const holder = await held();
        const handle = await start();
        const view = await gate(handle, 'site-failback');
        assert.match(view.gates.at(-1)?.card.title ?? '', /Finish the way home/);
        assert.equal(site.approvals.length, 0);
        await approve(handle, openCard(view));
        await answer(handle, 'traffic');
        const report = await resultOf(handle);
        assert.deepEqual([report.view.verdict, report.result['exposed']], ['met', []]);
        assert.equal(site.count('promoteStandby') + site.count('pauseClients'), 0);
        const followed = (site.given.get('followPrimary') ?? []).map((one) => (one['site'] as { name: string }).name);
        assert.deepEqual(followed, ['backup']);
        await holder.result();
      },
      both,
    );
  });

  it('what is left of a way home is not done on facts that hold no more: the server that served was started and takes writes', async () => {
    const site = halfHome(new FakeSite());
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start();
        const card = openCard(await gate(handle, 'site-failback'));
        site.servers.set('backup-postgres', { site: 'backup', inRecovery: false, timeline: 2 });
        await approve(handle, card);
        const view = await seen(handle, ({ gates }) => gates.length === 2 && gates[1]?.state === 'open');
        assert.match(view.gates[0]?.voided ?? '', /^backup-postgres takes writes on timeline 2/);
        assert.match(view.gates[1]?.card.warnings.join() ?? '', /NOT POSSIBLE NOW: backup-postgres takes writes/);
        assert.equal(site.approvals.length, 0);
      },
      both,
    );
  });

  it('what an earlier run has stopped at the other site, and left without restart policies, gets those of its like at home', async () => {
    const site = halfHome(new FakeSite());
    site.answer('inspectServices', (given) => {
      const { services, site: at } = given as { services: string[]; site: { name: string } };
      const state = at.name === 'primary' ? { policy: 'unless-stopped', ran: true } : { policy: 'no', ran: false };
      return services.map((service) => ({ service, containerId: service, ...state }));
    });
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start({ validate: false });
        await answer(handle, 'site-failback');
        await answer(handle, 'traffic');
        await resultOf(handle);
        const left = (site.given.get('releaseServices') ?? [])
          .filter((one) => (one['site'] as { name: string }).name === 'backup')
          .flatMap((one) => one['services'] as { service: string; policy: string; ran: boolean }[]);
        assert.ok(left.length > 15, `${left.length}`);
        assert.deepEqual(
          left.filter(({ policy, ran }) => policy !== 'unless-stopped' || ran),
          [],
        );
      },
      both,
    );
  });

  it('the server that served is not made a standby: the lock is held on, and the report says why', async () => {
    const site = serveAway(new FakeSite());
    site.fail('followPrimary', 'DR-STANDBY', 'backup-postgres runs: it must be stopped first');
    await house.with(
      site,
      async () => {
        await held();
        const handle = await start({ validate: false });
        await answer(handle, 'site-failback');
        await until(handle, 'held');
        await handle.executeUpdate('resolve', { args: [{ action: 'skip', by: 'Management', reason: 'test' }] });
        await answer(handle, 'traffic');
        const { result } = await resultOf(handle);
        assert.match(String(result['exposed']), /started it would be a second primary/);
        assert.equal(await isHeld(), true);
        await assert.rejects(house.start('databaseFailover'), /already/i);
      },
      both,
    );
  });

  it('home takes writes and the server that served has died with commits of its own: refused, never taken for a way home half done', async () => {
    const site = new FakeSite();
    site.servers.set('backup-postgres', {
      ...{ answered: false, problem: 'its container is not running (exit code 137)', site: 'backup' },
      container: { ...container, service: 'backup-postgres', running: false },
    });
    site.sites.reach = { engine: { answered: true, says: '20 of 20 containers run' }, containers: 20 };
    site.divergence = { commits: 1 };
    await house.with(
      site,
      async () => {
        await held();
        const { code, message } = await failureOf(await start());
        assert.equal(code, 'DR-SITE');
        assert.match(message, /nobody can say that site backup serves: backup-postgres there does not answer/);
        assert.equal(site.approvals.length, 0);
        assert.equal(await isHeld(), true);
      },
      both,
    );
  });
});
