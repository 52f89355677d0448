/**
 * A test that damages what serves would be the disaster it rehearses; one that cannot fail proves nothing; one that waits for
 * a person at six in the morning is not run.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, resultOf, untilChildWaits } from '../support/runs';

const damages = ['killService', 'dropTable'];

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
      for (const activity of ['killService', 'dropTable', 'restartService', 'promoteCopy', 'repointClients'])
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

  it('another plan than the one it was started for is refused', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await start({ planHash: 'a'.repeat(64) }));
      assert.equal(failure.code, 'DR-PLAN');
      assert.deepEqual(site.calls, []);
    });
  });
});
