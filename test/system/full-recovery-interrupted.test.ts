/**
 * Everything is down, and what recovers it is struck as well: its workers and the Temporal server are killed half-way, a person
 * aborts, one service dies at every start. The run goes on, or says what it leaves; it never begins from nothing.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { readEnv } from '../../platform/lifecycle';
import { controlQueue } from '../../workflows/contracts/names';
import type { RunView } from '../../workflows/contracts/run-view';
import { replaced, strike } from '../support/control-plane';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { project } from '../support/names';
import { plant } from '../support/plant';
import { failureOf, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('a full recovery is interrupted', function () {
  this.timeout(150_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const recover = (): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester' }],
    });
  const killAll = async (but?: string): Promise<void> => {
    const found = await docker.listContainers({ filters: { label: [`com.docker.compose.project=${project}`] } });
    const struck = found.filter((one) => one.Labels['com.docker.compose.service'] !== but);
    await Promise.all(struck.map((one) => docker.getContainer(one.Id).kill()));
  };
  const step = (handle: WorkflowHandle, title: RegExp): Promise<true> =>
    shandi.eventually(`step ${title.source}`, async () => {
      const view = await handle.query<RunView>('run').catch(() => undefined);
      return view?.steps.some((one) => title.test(one.title)) ? true : undefined;
    });
  const page = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${(await readEnv(project))['NGINX_PORT'] ?? ''}${path}`)).status;

  it('both workers are killed while the critical services start: taken up, and no container is made twice', async () => {
    await killAll();
    const engine = await EngineEvents.watch();
    const handle = await recover();
    await step(handle, /^Start auth-service/);
    const struck = ['site-primary', 'control'] as const;
    const killed = struck.map((name) => [name, strike(name, 'SIGKILL')] as const);
    await Promise.all(killed.map(([name, pid]) => replaced(name, pid)));
    const report = await resultOf(handle);
    engine.stop();
    assert.equal(report.view.verdict, 'met');
    assert.equal(await page('/api/orders?limit=1'), 200);
    assert.equal(engine.of('start', containerOf('order-service')).length, 1);
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${project}`] },
    });
    assert.equal(found.length, 20);
  });

  it('the Temporal server is killed: the run goes on where it was', async () => {
    await killAll();
    const handle = await recover();
    await step(handle, /^Restart database/);
    await replaced('temporal', strike('temporal', 'SIGKILL'));
    const report = await resultOf(handle);
    assert.equal(report.view.verdict, 'met');
    assert.equal(await page('/api/payments?limit=1'), 200);
  });

  it('a person aborts half-way: what serves goes on serving, and the next run does the rest', async () => {
    await killAll();
    const handle = await recover();
    await step(handle, /^Start 11 services/);
    await handle.executeUpdate('abort', { args: [{ by: 'tester', reason: 'test' }] });
    assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    assert.equal(await page('/api/orders?limit=1'), 200, 'the critical services serve');
    const again = await resultOf(await recover());
    assert.equal(again.view.verdict, 'met');
    assert.deepEqual((again.result['data'] as { ways: string[] }[])[0]?.ways, ['intact']);
  });

  it('a critical service dies at every start: made anew by a run of its own, before any other service is started', async () => {
    plant(
      'payment-service',
      'services: { payment-service: { command: ["node", "-e", "process.exit(3)"], entrypoint: [] } }',
    );
    await killAll('payment-service');
    const report = await resultOf(await recover());
    assert.equal(report.view.verdict, 'met');
    const order = report.view.steps.map((one) => one.title);
    assert.ok(order.indexOf('Recover payment-service') < order.indexOf('Start 11 services'), order.join('\n'));
    assert.equal(await page('/api/payments?limit=1'), 200);
  });
});
