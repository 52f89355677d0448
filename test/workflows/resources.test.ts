import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import type { Taken } from '../../workflows/resources/relieve';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

describe('relief of resources: the hog is named, and only what the plan allows is done', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'on-call', reason: 'test' };
  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('relieveResources', {
      taskQueue: controlQueue,
      workflowId: 'recover.resources',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  /** A restart of a service gives its memory back. */
  function platform(): FakeSite {
    const site = new FakeSite();
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    site.answer('restartService', (given) => {
      site.resources.restarted((given as { service: { name: string } }).service.name);
      return {};
    });
    return site;
  }
  const kinds = (taken: unknown): [string, boolean][] =>
    (taken as Taken[]).map(({ title, helped }) => [title.split(' ')[0] ?? '', helped]);

  it('nothing is exhausted: nothing is done, nobody is asked', async () => {
    const site = platform();
    await house.with(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual([report.result['needed'], report.view.gates.length], [false, 0]);
    });
  });

  it('memory: the limit is raised to the ceiling by policy, and nobody is interrupted', async () => {
    const site = platform();
    site.resources.hog('ai-service');
    await house.with(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(kinds(report.result['taken']), [['Let', true]]);
      assert.equal(site.count('restartService'), 0);
      assert.equal(site.given.get('limitMemory')?.[0]?.['limitBytes'], 256 * 1024 * 1024);
      assert.match(report.view.approvals[0]?.reason ?? '', /automatic.*ai-service takes 190 MB of 200 MB \(95 %\)/);
    });
  });

  it('an isolated service has the memory: it is neither given more nor restarted, and said to be isolated', async () => {
    const site = platform();
    site.resources.hog('ai-service', 199_000_000, { isolated: true });
    await house.with(site, async () => {
      assert.match(
        (await failureOf(await start())).message,
        /ai-service takes .*; ai-service is frozen or in no network/,
      );
      assert.deepEqual([site.count('limitMemory'), site.count('restartService')], [0, 0]);
    });
  });

  it('beside an isolated service that has its memory: what can be relieved is, and the run ends', async () => {
    const site = platform();
    site.resources.hog('ai-service', 199_000_000, { isolated: true });
    site.resources.fill();
    await house.with(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(kinds(report.result['taken']), [['Remove', true]]);
      assert.ok(report.view.timeline.some(({ text }) => /ai-service is frozen or in no network/.test(text)));
    });
  });

  it('memory: the ceiling does not help, so it is restarted', async () => {
    const site = platform();
    site.resources.hog('ai-service', 262_000_000, { limitBytes: 265_000_000 });
    await house.with(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(kinds(report.result['taken']), [
        ['Let', false],
        ['Restart', true],
      ]);
    });
  });

  it('memory: killed for want of it, and a restart that the plan does not call automatic waits for a person', async () => {
    const site = platform();
    site.resources.hog('content-service', 0, { running: false, oomKilled: true, memoryBytes: null });
    await house.with(site, async () => {
      const handle = await start();
      const view = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(view.gates[0]?.card), /was killed for want of memory/);
      assert.equal(site.count('restartService'), 0);
      await approve(handle, openCard(view));
      assert.deepEqual(kinds((await resultOf(handle)).result['taken']), [['Restart', true]]);
    });
  });

  it('memory of a service that the plan does not name: refused, with the numbers', async () => {
    const site = platform();
    site.resources.hog('order-service');
    site.resources.hog('postgres');
    await house.with(site, async () => {
      const { code, message } = await failureOf(await start());
      assert.equal(code, 'DR-REFUSED');
      assert.match(message, /order-service takes 190 MB of 200 MB \(95 %\); the plan allows nothing/);
      assert.match(message, /postgres takes 190 MB/);
    });
  });

  it('disk: what the plan calls automatic is removed, bound to the moment it was measured', async () => {
    const site = platform();
    site.resources.fill();
    await house.with(site, async () => {
      const report = await resultOf(await start());
      assert.deepEqual(kinds(report.result['taken']), [['Remove', true]]);
      const [given] = site.given.get('freeFiles') ?? [];
      assert.equal(given?.['olderThan'], Date.parse('2026-11-22T16:00:00.000Z'));
    });
  });

  it('disk: an entry that is not automatic waits for a person, who says no: nothing is removed', async () => {
    const site = platform();
    site.resources.fill('content-exports');
    await house.with(site, async () => {
      const handle = await start();
      const card = openCard(await until(handle, 'waiting-approval'));
      await handle.executeUpdate('reject', { args: [{ card, ...word }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.equal(site.count('freeFiles'), 0);
    });
  });

  it('with --ask a person decides about what is automatic, too', async () => {
    const site = platform();
    site.resources.fill();
    await house.with(site, async () => {
      const handle = await start({ policyMayAnswer: false });
      await until(handle, 'waiting-approval');
      assert.equal(site.count('freeFiles'), 0);
    });
  });

  it('disk: what was removed is not enough: held with the numbers, and a person makes room', async () => {
    const site = platform();
    site.resources.fill();
    site.resources.helps.delete('free');
    await house.with(site, async () => {
      const handle = await start();
      const held = await until(handle, 'held');
      assert.match(held.hold?.problem.message ?? '', /content-service:\/var\/tmp is full to 99 %/);
      site.resources.disk = { ...site.resources.disk, freeBytes: 60e6 };
      await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
      assert.deepEqual(kinds((await resultOf(handle)).result['taken']), [['Remove', false]]);
    });
  });

  it('connections: idle sessions are ended by name, after a person said so; one that came meanwhile opens no new card', async () => {
    const site = platform();
    site.resources.exhaust();
    await house.with(site, async () => {
      const handle = await start();
      const view = await until(handle, 'waiting-approval');
      assert.match(JSON.stringify(view.gates[0]?.card.facts), /report \(idle in transaction\) has 2/);
      await approve(handle, openCard(view));
      assert.deepEqual(kinds((await resultOf(handle)).result['taken']), [['End', true]]);
      assert.equal((site.given.get('endSessions')?.[0]?.['sessions'] as unknown[]).length, 2);
    });
  });

  it('relieved by itself while the card is open: nothing is done', async () => {
    const site = platform();
    site.resources.exhaust();
    await house.with(site, async () => {
      const handle = await start();
      const card = openCard(await until(handle, 'waiting-approval'));
      site.resources.used = 10;
      // The measurement on the card is as good as a new one for a moment.
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      await approve(handle, card);
      assert.deepEqual((await resultOf(handle)).result['taken'], []);
      assert.equal(site.count('endSessions'), 0);
    });
  });

  it('another container than on the card voids the approval', async () => {
    const site = platform();
    site.resources.hog('content-service');
    await house.with(site, async () => {
      const handle = await start();
      const card = openCard(await until(handle, 'waiting-approval'));
      site.resources.hog('content-service', 190e6, { containerId: 'another' });
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      await approve(handle, card);
      const view = await until(handle, 'waiting-approval');
      assert.match(view.gates[0]?.voided ?? '', /is now "restart another/);
      assert.equal(site.count('restartService'), 0);
    });
  });
});
