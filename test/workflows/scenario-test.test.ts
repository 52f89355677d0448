/** One scenario at a time, on a copy: what can be rehearsed there is; of what cannot it is said why, before anything is made. */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, resultOf } from '../support/runs';

describe('the test of a scenario', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (scenario: string): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('scenarioTest', {
      taskQueue: controlQueue,
      workflowId: 'test.system',
      args: [{ scenario, reason: 'test', by: 'tester' }],
    });

  const rehearsed: [string, string[], string[]][] = [
    ['service-failure', ['killService'], ['Recovery of service order-service']],
    ['service-outage', ['killService'], ['Recovery of service order-service']],
    ['network-connectivity', ['disconnectService'], ['Recovery of service order-service, cut off']],
    ['database-corruption', ['dropTable'], ['Recovery of table orders', 'Rows of orders']],
    [
      'database-failure',
      ['dropTable', 'killService'],
      ['Recovery of table orders', 'Rows of orders', 'Recovery of database shandi'],
    ],
  ];
  for (const [scenario, planted, criteria] of rehearsed)
    it(`${scenario}: broken on the copy, mended by what answers it, and the copy removed`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const { result } = await resultOf(await start(scenario));
        const found = result['criteria'] as { name: string; ok: boolean }[];
        assert.equal(result['scenario'], scenario);
        assert.deepEqual(
          found.filter(({ name }) => !name.endsWith('objectives')).map(({ name, ok }) => `${name} ${ok}`),
          ['The copy works', 'The copy is isolated', ...criteria].map((name) => `${name} true`),
        );
        for (const activity of planted) {
          const [given] = site.given.get(activity) ?? [];
          assert.equal((given?.['site'] as { compose: { project: string } }).compose.project, 'shandi-drill', activity);
        }
        assert.equal(site.calls.at(-1), 'removeDrillCopy');
      });
    });

  it('configuration-error: the file that was lost is put back', async () => {
    const site = new FakeSite();
    const path = 'platform/state/shandi-drill/pgbouncer/databases.ini';
    site.configuration.comparison = {
      same: 11,
      files: [{ path, state: 'missing', says: 'x', restore: true, then: 'c'.repeat(64) }],
      warnings: [],
    };
    await house.with(site, async () => {
      const { result } = await resultOf(await start('configuration-error'));
      const found = result['criteria'] as { name: string; ok: boolean }[];
      assert.ok(found.find(({ name }) => name === `Recovery of file ${path}`)?.ok, JSON.stringify(found));
      assert.equal(site.given.get('loseFile')?.[0]?.['path'], path);
    });
  });

  it('configuration-error: something else was put back, so it has failed', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const failure = await failureOf(await start('configuration-error'));
      assert.equal(failure.code, 'DR-TEST-FAILED');
      assert.match(failure.message, /it was removed, and the restore put back: platform\/state\/shandi\/.env/);
    });
  });

  const not: [string, RegExp][] = [
    ['data-center-failure', /cannot be rehearsed on a copy of the platform: .*one site only/],
    ['security-breach', /a person decides about every step/],
    ['resource-exhaustion', /shares memory and disks with what serves/],
  ];
  for (const [scenario, says] of not)
    it(`${scenario}: refused with the reason, and nothing is made`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const failure = await failureOf(await start(scenario));
        assert.equal(failure.code, 'DR-REFUSED');
        assert.match(failure.message, says);
        assert.deepEqual(site.calls, []);
      });
    });

  it('a scenario that there is not: refused, and those that there are', async () => {
    await house.with(new FakeSite(), async () => {
      const failure = await failureOf(await start('flood'));
      assert.equal(failure.code, 'DR-INPUT');
      assert.match(failure.message, /"flood".*service-failure, database-failure, data-center-failure/);
    });
  });
});
