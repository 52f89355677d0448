/**
 * A test that damages what serves would be the disaster it rehearses; one that cannot fail proves nothing; one that waits for
 * a person at six in the morning is not run.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Plan } from '../../plan';
import { plantedFaults, type DetectionScore } from '../../workflows/contracts/drill';
import { controlQueue, starterType } from '../../workflows/contracts/names';
import type { Scheduled } from '../../workflows/contracts/scheduled';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { usePlan } from '../support/people-plan';
import { failureOf, resultOf, untilChildWaits } from '../support/runs';

const damages = ['plantFault', 'killService', 'dropTable'];

describe('the monthly recovery test', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('monthlyRecoveryTest', {
      taskQueue: controlQueue,
      workflowId: 'test.system',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });

  it('restores the backups, loses a service and a table of the copy, and removes it; nobody is asked', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const { view, result } = await resultOf(await start());
      const criteria = result['criteria'] as { name: string; ok: boolean }[];
      assert.deepEqual(
        criteria.filter(({ name }) => !name.endsWith('objectives')).map(({ name, ok }) => `${name} ${ok}`),
        [
          'Backup of shandi true',
          'The copy works true',
          'The copy is isolated true',
          'Planted faults true',
          'Recovery of service order-service true',
          'Recovery of table orders true',
          'Rows of orders true',
        ],
      );
      assert.equal(site.count('removeDrillCopy'), 3, 'before, after, and nothing left for the tidying');
      assert.ok(site.calls.indexOf('proveIsolation') < site.calls.indexOf('killService'));
      assert.deepEqual(
        view.approvals.map(({ gate, via }) => `${gate} ${via}`),
        ['damage policy'],
      );
      // Every fault is caught by what an operator relies on, each by itself, and taken back.
      const { score, faults } = result['detection'] as DetectionScore;
      assert.equal(score, '6/6', JSON.stringify(faults));
      assert.deepEqual(
        faults.map(({ fault, detector }) => `${fault} by ${detector}`),
        [
          'gap in the WAL archive by the pre-flight of a recovery',
          'wrong collation version by the pre-flight of a recovery',
          'stale backup by the pre-flight of a recovery',
          'corrupt page in the backup by the restore test',
          'expired certificate by the look at the certificates',
          'dead channel by the delivery log',
        ],
      );
      const order = site.calls.filter((one) => one === 'plantFault' || one === 'liftFault');
      assert.deepEqual(
        order,
        plantedFaults.flatMap(() => ['plantFault', 'liftFault']),
      );
      assert.deepEqual(view.problems, []);
    });
  });

  it('what works on the copy never names what serves, and has locks of its own', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      await resultOf(await start());
      const projects = (activity: string): string[] =>
        (site.given.get(activity) ?? []).map(
          (one) => (one['site'] as { compose: { project: string } }).compose.project,
        );
      for (const activity of [
        'plantFault',
        'liftFault',
        'killService',
        'dropTable',
        'restartService',
        'promoteCopy',
        'repointClients',
      ])
        assert.deepEqual([...new Set(projects(activity))], ['shandi-drill'], activity);
      const ids: string[] = [];
      for await (const { workflowId } of house.client.workflow.list()) ids.push(workflowId);
      assert.ok(ids.includes('drill.recover.service.order-service'));
      assert.ok(ids.includes('drill.recover.database.shandi'));
      assert.ok(!ids.includes('recover.database.shandi'));
    });
  });

  const notIsolated: [string, Partial<FakeSite['drill']['isolation']>, RegExp][] = [
    [
      'it reaches a server that serves',
      { reached: ['shandi-postgres-1 172.18.0.3:5432'] },
      /it reaches shandi-postgres-1/,
    ],
    ['it has a volume of what serves', { shared: ['volume shandi_pgrepo of x'] }, /it shares volume shandi_pgrepo/],
    [
      'not even itself can be reached',
      { control: { target: '172.18.0.5:6432', reached: false } },
      /the tries prove nothing/,
    ],
    ['nothing was tried', { tried: 0 }, /nothing is proven/],
  ];
  for (const [story, isolation, says] of notIsolated)
    it(`${story}: nothing is damaged, and the copy is removed`, async () => {
      const site = new FakeSite();
      Object.assign(site.drill.isolation, isolation);
      await house.with(site, async () => {
        const failure = await failureOf(await start());
        assert.equal(failure.code, 'DR-DRILL-ISOLATION');
        assert.match(failure.message, says);
        assert.deepEqual(
          site.calls.filter((one) => damages.includes(one)),
          [],
        );
        assert.equal(site.calls.at(-1), 'removeDrillCopy');
      });
    });

  it('rows are missing after the recovery: failed, and said', async () => {
    const site = new FakeSite();
    site.drill.rows = [1200, 1199];
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.equal(failure.code, 'DR-TEST-FAILED');
      assert.match(
        failure.message,
        /Rows of orders: 1 200 before it was dropped, no such table after, 1 199 recovered/,
      );
    });
  });

  it('the table was never lost: that its rows are there proves nothing', async () => {
    const site = new FakeSite();
    site.answer('dropTable', () => ({ rows: 1200, at: '2026-11-22T16:30:02.000000Z' }));
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.match(failure.message, /Rows of orders: 1 200 before it was dropped, 1 200 after, 1 200 recovered/);
    });
  });

  it('a backup that cannot be relied on fails it, and the rest is tested all the same', async () => {
    const site = new FakeSite();
    const inspection = new FakeSite().activities().inspectCopy({} as never);
    const ofWhatServes = (args: unknown): boolean =>
      (args as { site: { compose: { project: string } } }).site.compose.project === 'shandi';
    site.answer('inspectCopy', async (args) => ({
      ...(await inspection),
      ...(ofWhatServes(args) ? { checksumFailures: 2 } : {}),
    }));
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.match(failure.message, /Backup of shandi: ended without success: .*checksums/);
      assert.equal(site.count('killService'), 1);
    });
  });

  it('the recovery found the killed service well: that is no proof', async () => {
    const site = new FakeSite();
    site.service.container = { running: true };
    site.service.health = { healthy: true, status: 200, says: 'status 200' };
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.match(failure.message, /it was killed, and the recovery found it well/);
    });
  });

  it('aborted while a recovery on the copy is held: that one is ended first, then the copy is removed', async () => {
    const site = new FakeSite();
    site.fail('restartService', 'DR-NOT-OURS', 'planted', 99);
    await house.with(site, async () => {
      const handle = await start();
      const child = house.client.workflow.getHandle('drill.recover.service.order-service');
      await untilChildWaits(handle);
      await handle.signal('abort', { by: 'tester', reason: 'enough' });
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-ABORTED');
      assert.equal((await child.describe()).status.name, 'CANCELLED');
      assert.equal(site.calls.at(-1), 'removeDrillCopy');
      assert.equal(site.count('dropTable'), 0);
    });
  });

  it('the checks are blind: the test has failed, every missed fault is named, and the rest is tested all the same', async () => {
    const site = new FakeSite();
    for (const fault of plantedFaults) site.drill.invisible.add(fault);
    site.people.deaf = true;
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.equal(failure.code, 'DR-TEST-FAILED');
      assert.match(failure.message, /Planted faults: 0\/6 caught; missed: /);
      for (const missed of [
        'gap in the WAL archive by the pre-flight of a recovery (ended, verdict checked)',
        'wrong collation version by the pre-flight of a recovery (ended, verdict checked)',
        'stale backup by the pre-flight of a recovery (ended, verdict checked)',
        'corrupt page in the backup by the restore test (ended, verdict met)',
        'expired certificate by the look at the certificates (',
        'dead channel by the delivery log (sent)',
      ])
        assert.ok(failure.message.includes(missed), `${missed}: ${failure.message}`);
      assert.equal(site.count('liftFault'), plantedFaults.length);
      assert.equal(site.count('dropTable'), 1);
    });
  });

  it('a fault cannot be planted: it counts as missed, and nobody is waited for', async () => {
    const site = new FakeSite();
    site.fail('plantFault', 'DR-DRILL', 'segment 5 was not archived');
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.match(failure.message, /missed: gap in the WAL archive by .* \(it could not be planted\)/);
    });
  });

  it('a fault stays: nothing more is tested on that copy, and it is removed', async () => {
    const site = new FakeSite();
    site.fail('liftFault', 'DR-DRILL', 'the segment is gone');
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.equal(failure.code, 'DR-DRILL');
      assert.match(failure.message, /gap in the WAL archive.* stays: the segment is gone/);
      assert.equal(site.count('killService'), 0);
      assert.equal(site.calls.at(-1), 'removeDrillCopy');
    });
  });

  it('what serves becomes unwell: the test ends at once, says why, and the copy is removed', async () => {
    const site = new FakeSite();
    site.drill.alarmAfter = 'killService';
    site.delays.set('awaitService', 5_000);
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.equal(failure.code, 'DR-TEST-STOPPED');
      assert.match(failure.message, /what serves became unwell .*: page \/health through the gateway: status 503/);
      assert.equal(site.count('dropTable'), 0);
      assert.equal(site.calls.at(-1), 'removeDrillCopy');
      const [asked] = site.given.get('watchServing') ?? [];
      assert.equal((asked?.['site'] as { compose: { project: string } }).compose.project, 'shandi');
    });
  });

  it('nobody can see how what serves is: the test ends as well', async () => {
    const site = new FakeSite();
    site.fail('watchServing', 'DR-SECRET', 'PG_PASSWORD cannot be read');
    await house.with(site, async () => {
      const failure = await failureOf(await start());
      assert.equal(failure.code, 'DR-TEST-STOPPED');
      assert.match(failure.message, /nobody could see .*PG_PASSWORD cannot be read/);
    });
  });

  it('a recovery or an incident runs: refused, and named', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      // Any run of that id will do: it is the id that says what it works on.
      const options = { taskQueue: 'nobody-works-here', args: [{}] };
      for (const workflowId of ['incident.2026-11-28-orders', 'recover.database.shandi'])
        await house.client.workflow.start('pointInTimeRecovery', { ...options, workflowId });
      await listed(2);
      const failure = await failureOf(await start({ despiteBlackout: 'it helps nothing' }));
      assert.equal(failure.code, 'DR-TEST-NOT-NOW');
      assert.match(failure.message, /no test begins while incident.2026-11-28-orders, recover.database.shandi runs/);
      assert.deepEqual(site.calls, []);
    });
  });

  /** The list of a server is a moment behind. */
  const listed = async (wanted: number): Promise<void> => {
    const query = `ExecutionStatus = 'Running' AND TaskQueue = 'nobody-works-here'`;
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await house.client.workflow.count(query)).count >= wanted) return;
      await sleep(50);
    }
    assert.fail(`${wanted} runs were started, and the server does not list them`);
  };

  describe('in a window that the plan forbids', () => {
    const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const closed = (plan: Plan): Plan => {
      assert.ok(plan.drills);
      const blackouts = [{ name: 'year-end', dates: { first: day(-1), last: day(1) } }];
      return { ...plan, drills: { ...plan.drills, blackouts } };
    };
    let former: () => void;
    before(async () => (former = await usePlan(closed)));
    after(() => former());

    it('refused: the window is named, and when the next moment is', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const failure = await failureOf(await start());
        assert.equal(failure.code, 'DR-TEST-NOT-NOW');
        assert.match(failure.message, /in window year-end of the plan/);
        assert.ok(failure.message.includes(`the next moment is ${day(2)} 00:00:00 UTC`), failure.message);
        assert.deepEqual(site.calls, []);
      });
    });

    it('a person starts it all the same: the reason is on record, and what it starts is not asked again', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const { view } = await resultOf(await start({ despiteBlackout: 'the auditor is here' }));
        assert.match(JSON.stringify(view.timeline), /begun in window year-end .* by tester: the auditor is here/);
      });
    });

    it('by the clock: skipped, with the reason', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const input = { reason: 'by the clock', by: 'schedule monthly' };
        const args = [{ schedule: 'monthly', procedure: 'monthlyRecoveryTest', workflowId: 'test.system', input }];
        const said = (await house.client.workflow.execute(starterType, {
          taskQueue: controlQueue,
          workflowId: 'schedule.monthly-1',
          args,
        })) as Scheduled;
        assert.equal(said.outcome, 'skipped');
        assert.match(said.says, /^skipped: .*no test begins in window year-end/);
        assert.deepEqual(site.calls, []);
      });
    });

    it('a restore test is a test like the others', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const failure = await failureOf(await house.start('restoreTest', {}, 'test.database.shandi'));
        assert.equal(failure.code, 'DR-TEST-NOT-NOW');
      });
    });
  });

  it('another plan than the one it was started for is refused', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await start({ planHash: 'a'.repeat(64) }));
      assert.equal(failure.code, 'DR-PLAN');
      assert.deepEqual(site.calls, []);
    });
  });
});
