import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

/** As after a failover: the other server, a primary until then, was left behind on timeline 1 and is stopped. */
const leftBehind = (): FakeSite => {
  const site = new FakeSite();
  site.servers.set('postgres', { timeline: 2 });
  site.servers.set('postgres-standby', { answered: false, problem: 'its container is not running (exit code 1)' });
  return site;
};
/** A standby of the very timeline that has lost its stream. */
const adrift = (): FakeSite => {
  const site = new FakeSite();
  site.servers.set('postgres-standby', { receiver: 'waiting' });
  return site;
};

describe('reprotect: the quickest way that is right, and no commit taken away unasked', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'DevOps Team', reason: 'test' };
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const reprotect = (input: Record<string, unknown> = {}) => house.start('reprotectDatabase', input);
  const ways = ['startStandby', 'haltServer', 'rewindStandby', 'rebuildStandby'];
  const went = (site: FakeSite): string[] => site.calls.filter((name) => ways.includes(name));

  it('everything follows: nothing is rebuilt and no backup taken', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await reprotect());
      assert.deepEqual(went(site), []);
      assert.deepEqual([report.result['members'], report.result['backup']], [[], null]);
      assert.equal(site.count('fullBackup'), 0);
    });
  });

  it('a former primary without commits of its own: the policy answers, it is rewound, started, and backed up after', async () => {
    const site = leftBehind();
    await house.with(site, async () => {
      const report = await resultOf(await reprotect());
      assert.deepEqual(went(site), ['haltServer', 'rewindStandby', 'startStandby']);
      assert.equal(report.view.approvals[0]?.via, 'policy');
      assert.match(report.view.approvals[0]?.reason ?? '', /postgres-standby holds no commit that postgres has not/);
      assert.match(JSON.stringify(report.result['members']), /"service":"postgres-standby","how":"rewound"/);
      assert.equal(report.result['backup'], '20261122-160000F');
      assert.ok(site.approvals.every((one) => one.gate === 'rebuild'));
    });
  });

  for (const [title, commits, shown] of [
    ['it holds commits of its own', 12, '12'],
    ['nobody can tell whether it does', null, 'not known'],
  ] as const)
    it(`${title}: a person decides; rejected, it is left as it is`, async () => {
      const site = leftBehind();
      site.divergence = { commits, examples: ['desc: COMMIT 2026-11-22'] };
      await house.with(site, async () => {
        const handle = await reprotect();
        const waiting = await until(handle, 'waiting-approval');
        assert.equal(waiting.gates[0]?.card.loss[0]?.value, shown);
        assert.match(JSON.stringify(waiting.gates[0]?.card.facts), /desc: COMMIT/);
        assert.deepEqual(went(site), []);
        await say(handle, 'reject', { card: openCard(waiting), ...word });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.deepEqual(went(site), []);
      });
    });

  it('a rewind is not possible: copied anew, its old volume is kept and remembered', async () => {
    const site = leftBehind();
    site.fail('rewindStandby', 'DR-STANDBY', 'pg_rewind ended with 1: could not find previous WAL record');
    site.answer('rebuildStandby', () => ({
      volume: 'new',
      before: 'shandi_postgres-standby',
      state: 'streaming',
      durationMs: 9,
    }));
    await house.with(site, async () => {
      const report = await resultOf(await reprotect());
      assert.deepEqual(went(site), ['haltServer', 'rewindStandby', 'rebuildStandby']);
      assert.equal(site.given.get('rebuildStandby')?.[0]?.['keepOld'], true);
      assert.equal(site.given.get('recordDamagedVolume')?.[0]?.['volume'], 'shandi_postgres-standby');
      assert.match(
        report.view.steps.find((one) => /Take back/.test(one.title))?.outcome ?? '',
        /NOT POSSIBLE: pg_rewind/,
      );
    });
  });

  it('a copy anew was asked for: no rewind is tried', async () => {
    const site = leftBehind();
    await house.with(site, async () => {
      await resultOf(await reprotect({ fresh: true, fullBackup: false }));
      assert.deepEqual(went(site), ['haltServer', 'rebuildStandby']);
      assert.equal(site.count('fullBackup'), 0);
    });
  });

  it('a standby that only lost its primary: started again, not rewound', async () => {
    const site = adrift();
    await house.with(site, async () => {
      const report = await resultOf(await reprotect());
      assert.deepEqual(went(site), ['startStandby']);
      assert.match(JSON.stringify(report.result['members']), /"how":"followed"/);
    });
  });

  it('it does not follow by itself: stopped and copied anew, never rewound', async () => {
    const site = adrift();
    site.fail('startStandby', 'DR-STANDBY', 'it was not up in time');
    await house.with(site, async () => {
      const report = await resultOf(await reprotect());
      assert.deepEqual(went(site), ['startStandby', 'haltServer', 'rebuildStandby']);
      assert.match(report.view.timeline.map((one) => one.text).join('\n'), /it was not up in time/);
    });
  });

  for (const [first, make] of [
    ['startStandby', adrift],
    ['rewindStandby', leftBehind],
  ] as const)
    it(`the engine is away at ${first}: the run is held, not lost, and goes on after retry`, async () => {
      const site = make();
      site.fail(first, 'DR-ENGINE', 'the engine does not answer');
      await house.with(site, async () => {
        const handle = await reprotect();
        const held = await until(handle, 'held');
        assert.equal(held.hold?.problem.code, 'DR-ENGINE');
        await say(handle, 'resolve', { action: 'retry', ...word });
        await resultOf(handle);
        assert.equal(site.count(first), 2);
      });
    });

  it('its container is gone: made again, not started, so that its data can be looked at and rewound', async () => {
    const site = leftBehind();
    site.without.set('postgres-standby', ['container']);
    site.answer('createServer', () => {
      site.without.clear();
      return { containerId: 'postgres-standby-2' };
    });
    await house.with(site, async () => {
      await resultOf(await reprotect());
      assert.deepEqual(went(site), ['haltServer', 'rewindStandby', 'startStandby']);
      assert.ok(site.calls.indexOf('createServer') < site.calls.indexOf('measureDivergence'));
    });
  });

  it('the primary does not answer: refused, nothing is built from it', async () => {
    const site = new FakeSite();
    site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 137)' });
    await house.with(site, async () => {
      const failure = await failureOf(await reprotect());
      assert.equal(failure.code, 'DR-DATABASE-DOWN');
      assert.match(failure.message, /primary postgres does not answer: .*exit code 137/);
      assert.deepEqual(went(site), []);
    });
  });

  it('a name that is no standby: refused with those there are', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await reprotect({ member: 'postgres' }));
      assert.equal(failure.code, 'DR-INPUT');
      assert.match(failure.message, /"postgres"; the standbys of postgres are: postgres-standby/);
    });
  });
});

describe('restart: interrupts nobody unasked, and leaves nobody waiting', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'DevOps Team', reason: 'test' };
  const restart = (input: Record<string, unknown> = {}) => house.start('databaseRestart', input);
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  /** The pooler runs. */
  const withPooler = (): FakeSite => {
    const site = new FakeSite();
    site.system.services.set('pgbouncer', { state: 'running' });
    return site;
  };
  const dead = (): FakeSite => {
    const site = withPooler();
    site.servers.set('postgres', { answered: false, problem: 'it is gone' });
    return site;
  };

  it('nobody is served: the policy answers; held, restarted, written to, let in, written through the client path', async () => {
    const site = dead();
    await house.with(site, async () => {
      const report = await resultOf(await restart());
      assert.equal(report.view.verdict, 'met');
      assert.equal(report.view.approvals[0]?.via, 'policy');
      const order = ['pauseClients', 'restartServer', 'directWrite', 'resumeClients', 'clientWrite'];
      assert.deepEqual(
        site.calls.filter((name) => order.includes(name)),
        order,
      );
      assert.equal(site.given.get('restartServer')?.[0]?.['recreate'], false);
    });
  });

  it('clients are served: a person decides', async () => {
    const site = withPooler();
    await house.with(site, async () => {
      const handle = await restart({ recreate: true });
      const waiting = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(waiting.gates[0]?.card.facts), /ANSWERS: clients are interrupted/);
      assert.equal(site.count('pauseClients') + site.count('restartServer'), 0);
      await approve(handle);
      await resultOf(handle);
      assert.equal(site.given.get('restartServer')?.[0]?.['recreate'], true);
    });
  });

  it('it dies while a person thinks: the approval is void, and the policy answers the next card', async () => {
    const site = withPooler();
    await house.with(site, async () => {
      const handle = await restart();
      const card = openCard(await until(handle, 'waiting-approval'));
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      site.servers.set('postgres', { answered: false });
      await approve(handle, card);
      const { view } = await resultOf(handle);
      assert.match(view.gates[0]?.voided ?? '', /postgres answered before, and now does not/);
      assert.deepEqual(
        view.approvals.map((one) => one.via),
        ['person', 'policy'],
      );
    });
  });

  it('aborted at a restart that fails: the clients are let in', async () => {
    const site = dead();
    site.fail('restartServer', 'DR-COMPOSE', 'no such image');
    await house.with(site, async () => {
      const handle = await restart();
      await until(handle, 'held');
      assert.equal(site.count('resumeClients'), 0);
      await say(handle, 'resolve', { action: 'abort', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('resumeClients'), 1);
    });
  });

  it('aborted while the clients are being held: let in too, since nobody knows how far it came', async () => {
    const site = dead();
    site.delays.set('pauseClients', 700);
    let heldByThen = false;
    site.answer('resumeClients', () => (heldByThen = site.ended.includes('pauseClients')));
    await house.with(site, async () => {
      const handle = await restart();
      while (site.count('pauseClients') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await say(handle, 'abort', word);
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('restartServer'), 0);
      assert.equal(site.count('resumeClients'), 1);
      assert.ok(heldByThen, 'a pause that ended after they were let in would hold them for ever');
    });
  });
});
