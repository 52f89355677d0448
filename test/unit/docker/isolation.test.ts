/**
 * The engine is restarted while a service is isolated: a frozen container ends then, and one that the engine starts again is in
 * its network again. So nothing may start it until the isolation is lifted.
 */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { freezeService } from '../../../activities/docker/freeze-service';
import { inspectIsolation } from '../../../activities/docker/inspect-isolation';
import { liftIsolation } from '../../../activities/docker/lift-isolation';
import type { IsolationFacts, RestartPolicy } from '../../../workflows/contracts/isolation';
import { FakeContainer } from '../../support/fake-container';

const run = { workflowId: 'recover.service.content-service', runId: 'run-1' };
const approval = {
  gate: 'isolate',
  card: '0123456789ab',
  ...run,
  by: 'on-call',
  via: 'person' as const,
  at: '2026-11-22T17:00:00Z',
};
const logger = new DefaultLogger('ERROR', () => undefined);
const service = 'content-service';

describe('the restart policy of an isolated container', () => {
  let container: FakeContainer;
  beforeEach(async () => (container = await FakeContainer.listen()));
  afterEach(() => container.close());

  const environment = (): MockActivityEnvironment =>
    new MockActivityEnvironment({ workflowExecution: run }, { logger });
  const at = () => ({ site: container.site, service, containerId: container.id, approval });
  const look = async (): Promise<RestartPolicy> => {
    const facts = (await environment().run(inspectIsolation, { site: container.site, service })) as IsolationFacts;
    return facts.container?.restartPolicy ?? assert.fail('no container');
  };

  it('is `no` before it is frozen, also where it does not run; a second try asks for nothing', async () => {
    assert.deepEqual(await environment().run(freezeService, at()), { frozen: true });
    const [first, second] = container.asked;
    assert.match(first ?? '', /^update .*"Name":"no"/);
    assert.equal(second, 'pause');
    await environment().run(freezeService, at());
    assert.equal(container.asked.length, 2);

    container.state = { ...container.state, Running: false, Paused: false };
    container.restartPolicy = { Name: 'always', MaximumRetryCount: 0 };
    assert.deepEqual(await environment().run(freezeService, at()), { frozen: false });
    assert.deepEqual(await look(), { name: 'no', retries: 0 });
  });

  it('is what it was when the isolation is lifted, with its number of tries', async () => {
    const restartPolicy = await look();
    assert.deepEqual(restartPolicy, { name: 'on-failure', retries: 3 });
    await environment().run(freezeService, at());
    const lifting = { ...at(), networks: ['shandi_default'], thaw: true, restartPolicy };
    await environment().run(liftIsolation, lifting);
    assert.deepEqual(await look(), restartPolicy);
    assert.equal(container.state.Paused, false);
    const { length } = container.asked;
    await environment().run(liftIsolation, lifting);
    assert.equal(container.asked.length, length, 'safe to repeat');
  });
});
