/** Four times a year everything is lost, on a copy; and whoever would be called is called. */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { configured, usePlan, withChannels } from '../support/people-plan';
import { failureOf, resultOf, seen } from '../support/runs';

describe('the quarterly recovery test', function () {
  this.timeout(90_000);
  let house: House;
  let formerPlan: () => void;
  before(async () => {
    formerPlan = await usePlan(withChannels(configured));
    house = await House.open();
  });
  after(async () => {
    formerPlan();
    await house.close();
  });

  const start = (): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('quarterlyRecoveryTest', {
      taskQueue: controlQueue,
      workflowId: 'test.system',
      args: [{ reason: 'test', by: 'tester' }],
    });

  it('loses everything of the copy as well; somebody acknowledges', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await start();
      const chain = house.client.workflow.getHandle(`oncall.test-${new Date().toISOString().slice(0, 10)}`);
      await seen(chain, (view) => view.task !== undefined);
      await chain.signal('acknowledge', { by: 'Primary On-Call' });
      const { result } = await resultOf(handle);
      const criteria = result['criteria'] as { name: string; ok: boolean; says: string }[];
      const of = (name: string) => criteria.find((one) => one.name === name);
      assert.ok(of('Recovery of everything')?.ok);
      assert.match(of('On-call chain')?.says ?? '', /^acknowledged by Primary On-Call/);
      assert.ok(of('Channels')?.ok);
      const [killed] = site.given.get('killEverything') ?? [];
      assert.equal((killed?.['site'] as { compose: { project: string } }).compose.project, 'shandi-drill');
    });
  });

  it('a channel is dead: the test has failed, whatever was recovered', async () => {
    const site = new FakeSite();
    site.people.refusing.add('sendEmail');
    await house.with(site, async () => {
      const handle = await start();
      const chain = house.client.workflow.getHandle(`oncall.test-${new Date().toISOString().slice(0, 10)}`);
      await seen(chain, (view) => view.task !== undefined);
      await chain.signal('acknowledge', { by: 'Primary On-Call' });
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-TEST-FAILED');
      assert.match(failure.message, /Channels: .*email .*: failed/);
      assert.equal(site.count('killEverything'), 1);
    });
  });
});
