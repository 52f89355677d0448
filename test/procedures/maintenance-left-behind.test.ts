/**
 * Somebody keeps the clients out while work is done, and something ends that work before its time: an abort, a cancel, a run
 * that is terminated and can undo nothing. Clients must not be kept out by a run that is gone; who has a mode is written where
 * the mode is, so the next run finds it and lifts it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { controlQueue } from '../../workflows/contracts/names';
import { containerOf, docker } from '../support/docker';
import { project } from '../support/names';
import { failureOf, resultOf, seen, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('clients are kept out by a run that is gone', function () {
  this.timeout(150_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const word = { by: 'tester', reason: 'test' };
  const directory = join(root(), 'platform', 'state', project, 'nginx');
  const file = join(directory, 'maintenance.on');
  const start = (procedure: string, workflowId: string, input: Record<string, unknown>): Promise<WorkflowHandle> =>
    shandi.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ ...word, ...input }],
    });
  const reduce = (input: Record<string, unknown>): Promise<WorkflowHandle> =>
    start('reducedFunctionality', 'reduce.gateway', input);
  const reduced = async (mode: string): Promise<WorkflowHandle> => {
    const handle = await reduce({ mode });
    await seen(handle, ({ task }) => task !== undefined);
    return handle;
  };
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${(await readEnv(project))['NGINX_PORT'] ?? ''}${path}`, { headers });
  const orders = '/api/orders?limit=1';
  const menus = '/api/menus/1';
  const status = async (path: string): Promise<number> => (await get(path)).status;

  it('maintenance: clients get a page and the time to try again, the status page stays, whoever shows the pass is let through', async () => {
    const handle = await reduced('maintenance');
    const answer = await get(orders);
    assert.deepEqual(
      [answer.status, answer.headers.get('x-service-mode'), Number(answer.headers.get('retry-after')) > 0],
      [503, 'maintenance', true],
    );
    assert.match(await answer.text(), /We will be back soon/);
    assert.equal(await status('/nginx-health'), 200);
    const pass = (await readEnv(project))['GATEWAY_PASS'] ?? '';
    assert.equal((await get(orders, { 'X-DR-Pass': pass })).status, 200);
    assert.equal((await get(orders, { 'X-DR-Pass': `${pass}0` })).status, 503);
    assert.ok(!readFileSync(file, 'utf8').includes(pass));
    await handle.executeUpdate('lift', { args: [word] });
    await resultOf(handle);
    assert.deepEqual([await status(orders), existsSync(file)], [200, false]);
  });

  it('critical-only: orders are taken, menus get the page', async () => {
    const handle = await reduced('critical-only');
    assert.deepEqual([await status(orders), await status('/health'), await status(menus)], [200, 200, 503]);
    assert.equal((await get(menus)).headers.get('x-service-mode'), 'critical-only');
    await handle.signal('lift', word);
    await resultOf(handle);
    assert.equal(await status(menus), 200);
  });

  it('its run is aborted: lifted by the same run', async () => {
    const handle = await reduced('maintenance');
    await handle.executeUpdate('abort', { args: [word] });
    assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    assert.equal(await status(orders), 200);
  });

  it('its run is terminated and can lift nothing: the next one finds it, and says whose it was', async () => {
    const handle = await reduced('maintenance');
    const { firstExecutionRunId } = handle as WorkflowHandle & { firstExecutionRunId: string };
    await handle.terminate('test');
    assert.equal(await status(orders), 503);
    const report = await resultOf(await reduce({ mode: 'off' }));
    assert.match(JSON.stringify(report.result['lifted']), new RegExp(firstExecutionRunId));
    assert.deepEqual([await status(orders), existsSync(file)], [200, false]);
  });

  it('a full recovery that kept clients out is terminated: the next one lifts it, and has nothing else to do', async () => {
    await docker.getContainer(containerOf('order-service')).kill();
    const lost = await start('fullSystemRecovery', 'recover.system', { reduced: 'maintenance', tell: false });
    await shandi.eventually('clients are kept out', async () => (existsSync(file) ? true : undefined));
    await lost.terminate('test');
    await docker
      .getContainer(containerOf('order-service'))
      .start()
      .catch(() => undefined);
    await shandi.eventually('it serves', async () => {
      const pass = (await readEnv(project))['GATEWAY_PASS'] ?? '';
      return (await get(orders, { 'X-DR-Pass': pass })).ok ? true : undefined;
    });
    assert.equal(await status(orders), 503);
    const report = await resultOf(await start('fullSystemRecovery', 'recover.system', { tell: false }));
    assert.equal(report.result['needed'], false);
    assert.ok(report.view.timeline.some(({ text }) => /left behind.*recover\.system, which has ended/.test(text)));
    assert.equal(await status(orders), 200);
  });

  it('a full recovery keeps clients out from before its first start, and lets them in when the critical services are proven', async () => {
    await Promise.all(
      ['order-service', 'payment-service', 'menu-service', 'nginx'].map((name) =>
        docker.getContainer(containerOf(name)).kill(),
      ),
    );
    const report = await resultOf(
      await start('fullSystemRecovery', 'recover.system', { reduced: 'maintenance', tell: false, protect: false }),
    );
    const titles = report.view.steps.map(({ title }) => title);
    const at = (like: RegExp): number => titles.findIndex((one) => like.test(one));
    assert.ok(at(/^Switch maintenance on/) < at(/^Start /));
    assert.ok(at(/^Ask whether maintenance holds/) < at(/^Lift maintenance/));
    assert.ok(at(/^Ask for .* as clients do/) < at(/^Lift maintenance/));
    assert.match(report.view.steps[at(/^Ask whether maintenance holds/)]?.outcome ?? '', /clients get 503/);
    assert.deepEqual([report.view.verdict, await status(orders), existsSync(file)], ['met', 200, false]);
  });

  it('somebody has made the file by hand: no run lifts it unasked, `off` does', async () => {
    writeFileSync(file, '');
    assert.equal(await status(orders), 503);
    assert.match((await failureOf(await reduce({ mode: 'maintenance' }))).message, /by hand/);
    assert.equal(await status(orders), 503);
    await resultOf(await reduce({ mode: 'off' }));
    assert.equal(await status(orders), 200);
  });

  it('the file cannot be taken away: the run is held and says so, clients are let in on a retry', async () => {
    const handle = await reduced('maintenance');
    // What an operator does: somebody has put a directory in its place.
    const { rmSync, mkdirSync } = await import('node:fs');
    rmSync(file);
    mkdirSync(join(file, 'x'), { recursive: true });
    await handle.executeUpdate('lift', { args: [word] });
    const held = await until(handle, 'held');
    assert.match(held.hold?.problem.message ?? '', /maintenance\.on cannot be/);
    rmSync(file, { recursive: true });
    await handle.executeUpdate('resolve', { args: [{ action: 'retry', ...word }] });
    await resultOf(handle);
    assert.equal(await status(orders), 200);
  });
});
