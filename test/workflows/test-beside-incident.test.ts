import assert from 'node:assert/strict';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, resultOf, seen } from '../support/runs';

describe('a test beside an incident', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  it('while it is open no test begins; in review it is in no test’s way', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.client.workflow.start('incidentResponse', {
        taskQueue: controlQueue,
        workflowId: 'incident.inc-1',
        args: [{ incident: 'inc-1', reason: 'orders are refused', by: 'tester', ask: true, tell: false }],
      });
      const inState = (state: string) =>
        seen(handle, ({ facts }) => facts.some((one) => one.facts.some(({ value }) => value === state)));
      await seen(handle, ({ gates }) => gates.some((one) => one.state === 'open'));
      const test = () => house.start('restoreTest', { point: 'latest' }, 'test.database.shandi');
      assert.match((await failureOf(await test())).message, /no test begins while incident.inc-1 runs/);
      await handle.executeUpdate('declare', { args: [{ by: 'on-call', reason: 'it works' }] });
      await inState('reviewing');
      assert.equal((await resultOf(await test())).view.state, 'completed');
    });
  });
});
