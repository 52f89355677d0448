/** A service is isolated: what is kept so that it stays isolated, and what is seen when it does not. */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, resultOf, seen, until } from '../support/runs';

const word = { by: 'on-call', reason: 'test' };

describe('an isolation', function () {
  this.timeout(60_000);
  let house: House;
  let site: FakeSite;
  before(async () => (house = await House.open()));
  after(() => house.close());
  beforeEach(() => (site = new FakeSite()));

  const isolate = async (): Promise<WorkflowHandleWithFirstExecutionRunId> => {
    const handle = await house.client.workflow.start('isolateService', {
      taskQueue: controlQueue,
      workflowId: 'recover.service.content-service',
      args: [{ service: 'content-service', ...word }],
    });
    await approve(handle);
    return handle;
  };

  it('nothing starts the container again while it stands; lifted, it has the restart policy it had', () =>
    house.with(site, async () => {
      const handle = await isolate();
      await seen(handle, ({ task }) => task !== undefined);
      assert.equal(site.incident.restartPolicy.name, 'no');
      await handle.executeUpdate('lift', { args: [word] });
      await resultOf(handle);
      assert.deepEqual(site.incident.restartPolicy, { name: 'unless-stopped', retries: 0 });
    }));

  const notIsolated: [string, (site: FakeSite) => void, RegExp][] = [
    [
      'somebody has started it: it runs, in its network',
      ({ incident }) => {
        incident.frozen = false;
        incident.networks = ['shandi_default'];
      },
      /content-service is not isolated: .* is running, in shandi_default/,
    ],
    [
      'it is in a network again',
      ({ incident }) => (incident.networks = ['shandi_default']),
      /is frozen, in shandi_def/,
    ],
    ['another container has its place', ({ incident }) => (incident.id = 'new'), /its container was old, is now new/],
    [
      'the engine would start it',
      ({ incident }) => (incident.restartPolicy = { name: 'always', retries: 0 }),
      /its restart policy is always/,
    ],
  ];
  for (const [story, befall, says] of notIsolated)
    it(`${story}: it is not said to be isolated, and an abort lifts what there is of it`, () =>
      house.with(site, async () => {
        const { cutOffService } = site.incident.answers();
        site.answer('cutOffService', () => {
          const cut = cutOffService();
          befall(site);
          return cut;
        });
        const handle = await isolate();
        const { hold } = await until(handle, 'held');
        assert.match(hold?.problem.message ?? '', says);
        await handle.executeUpdate('abort', { args: [word] });
        assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
        assert.equal(site.incident.restartPolicy.name, 'unless-stopped');
      }));
});
