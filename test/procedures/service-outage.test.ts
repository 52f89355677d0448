/**
 * Orders are placed, and one of the services behind them fails: it is killed, its container is removed, it hangs, it dies at
 * every start. One run looks, takes the gentlest measure that can help, and is done when a client gets its page through the
 * gateway. Where the fault lies elsewhere, it says where and touches nothing.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report } from '../../workflows/contracts/run-view';
import { replaced, strike } from '../support/control-plane';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { project, testHome } from '../support/names';
import { plant } from '../support/plant';
import { failureOf, resultOf } from '../support/runs';
import { asClient, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

interface Taken {
  picture: string;
  measures: { measure: string; helped: boolean }[];
}

describe('service outage', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const recover = (service: string, input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('serviceRecovery', {
      taskQueue: controlQueue,
      workflowId: `recover.service.${service}`,
      args: [{ service, reason: 'test', by: 'tester', ...input }],
    });
  const container = (service: string) => docker.getContainer(containerOf(service));
  const page = async (path: string): Promise<number> => {
    const port = (await readEnv(project))['NGINX_PORT'] ?? '';
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  };
  const taken = (report: Report): Taken => report.result as unknown as Taken;

  /** Recovers it, and checks as a client that it was. */
  async function recovers(service: string, path: string): Promise<Report> {
    assert.notEqual(await page(path), 200, 'the disaster has happened');
    const report = await resultOf(await recover(service));
    assert.equal(report.view.verdict, 'met');
    assert.equal(await page(path), 200);
    assert.equal(report.view.approvals[0]?.via, 'policy');
    return report;
  }

  it('killed: it is started again, what it said is kept, and no acknowledged order is lost', async () => {
    const ledger = await shandi.startLedger();
    const before = await container('order-service').inspect();
    await container('order-service').kill();
    const report = await recovers('order-service', '/api/orders?limit=1');

    assert.equal(taken(report).picture, 'stopped');
    assert.deepEqual(
      taken(report).measures.map((one) => [one.measure, one.helped]),
      [['restart', true]],
    );
    const after = await container('order-service').inspect();
    assert.equal(after.Id, before.Id, 'the same container');
    const log = report.view.evidence.find((one) => /Log of order-service/.test(one.title));
    assert.match(readFileSync(join(testHome, log?.path ?? ''), 'utf8'), /"service":"order-service"/);
    assert.equal(report.view.objectives?.rtoMet, true);
    const { acknowledged } = ledger.progress;
    await shandi.eventually('orders are placed again', async () =>
      ledger.progress.acknowledged > acknowledged + 5 ? true : undefined,
    );
    await shandi.stopLedger();
    assert.deepEqual((await ledger.verdict({ query: asClient })).missing, []);
  });

  it('removed with its container: made anew, with the restart policy of the plan', async () => {
    await container('payment-service').remove({ force: true });
    const report = await recovers('payment-service', '/api/payments?limit=1');
    assert.equal(taken(report).picture, 'gone');
    const { HostConfig } = await container('payment-service').inspect();
    assert.equal(HostConfig.RestartPolicy?.Name, 'unless-stopped');
  });

  it('paused: killed and started, not thawed', async () => {
    const engine = await EngineEvents.watch();
    await container('property-service').pause();
    const report = await recovers('property-service', '/api/properties?limit=1');
    engine.stop();
    assert.equal(taken(report).picture, 'paused');
    const name = containerOf('property-service');
    assert.deepEqual([engine.of('die', name).length, engine.of('unpause', name).length], [1, 0]);
  });

  it('the gateway of the services is made anew at another address: nginx finds it', async () => {
    const addressOf = async (name: string): Promise<string | undefined> =>
      Object.values((await docker.getContainer(name).inspect()).NetworkSettings.Networks)[0]?.IPAddress;
    const before = await addressOf(containerOf('api-gateway'));
    await container('api-gateway').remove({ force: true });
    // The engine gives the address to whoever comes next.
    const squatter = await docker.createContainer({
      name: `${project}-squatter`,
      Image: 'shandi/service:1',
      Cmd: ['sleep', '600'],
      Labels: { 'com.docker.compose.project': project },
      HostConfig: { NetworkMode: `${project}_default`, AutoRemove: true },
    });
    try {
      await squatter.start();
      assert.equal(await addressOf(squatter.id), before, 'its address is taken');
      await recovers('api-gateway', '/health');
    } finally {
      await squatter.remove({ force: true });
    }
  });

  it('it dies at every start: not restarted once more, made anew as the Compose file has it', async () => {
    plant(
      'content-service',
      'services: { content-service: { command: ["node", "-e", "process.exit(3)"], entrypoint: [] } }',
    );
    await shandi.eventually('it is restarted three times', async () =>
      (await container('content-service').inspect()).RestartCount >= 3 ? true : undefined,
    );
    const report = await recovers('content-service', '/api/content?limit=1');
    assert.equal(taken(report).picture, 'restart-loop');
    assert.deepEqual(
      taken(report).measures.map((one) => one.measure),
      ['recreate'],
    );
  });

  it('the worker is killed while a container is made anew: made once more by another, and there is one', async () => {
    const engine = await EngineEvents.watch();
    await container('menu-service').kill();
    const handle = await recover('menu-service', { first: 'recreate' });
    await engine.first('destroy', containerOf('menu-service'));
    const killed = strike('site-primary', 'SIGKILL');
    await replaced('site-primary', killed);
    const report = await resultOf(handle);
    engine.stop();
    assert.equal(report.view.verdict, 'met');
    const all = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${project}`, 'com.docker.compose.service=menu-service'] },
    });
    assert.deepEqual(
      all.map((one) => [one.Names[0], one.State]),
      [[`/${containerOf('menu-service')}`, 'running']],
    );
    assert.equal(await page('/api/menus/1'), 200);
  });

  it('it starts and stays ill: the restart does not help, the next measure does', async () => {
    const ill = 'require("http").createServer((_, r) => { r.statusCode = 503; r.end("ill") }).listen(8009)';
    plant('staff-service', `services: { staff-service: { command: ['node', '-e', '${ill}'], entrypoint: [] } }`);
    await shandi.eventually('it answers', async () => ((await page('/api/staff?limit=1')) === 503 ? true : undefined));
    const handle = await recover('staff-service', { healthyWithinMs: 2_000 });
    const report = await resultOf(handle);
    assert.deepEqual(
      taken(report).measures.map((one) => [one.measure, one.helped]),
      [
        ['restart', false],
        ['recreate', true],
      ],
    );
    assert.equal(await page('/api/staff?limit=1'), 200);
  });

  it('the fault is Redis: refused, Redis is named, and the service is left alone', async () => {
    const before = await container('auth-service').inspect();
    await container('redis').stop();
    try {
      await shandi.eventually('auth-service is ill', async () => {
        const port = (await readEnv(project))['AUTH_SERVICE_PORT'] ?? '';
        return (await fetch(`http://127.0.0.1:${port}/health`)).ok ? undefined : true;
      });
      const failure = await failureOf(await recover('auth-service'));
      assert.equal(failure.code, 'DR-DEPENDENCY');
      assert.match(failure.message, /redis, which it depends on, does not work: its container does not run/);
      assert.equal((await container('auth-service').inspect()).State.StartedAt, before.State.StartedAt);
    } finally {
      await container('redis').start();
    }
  });

  it('from the command line: dr recover service', async () => {
    await container('loyalty-service').kill();
    const env = { ...process.env, NO_COLOR: '1' };
    const command = ['recover', 'service', 'loyalty-service', '--reason', 'test', '--by', 'tester', '--json'];
    const ran = spawnSync(join(root(), 'dr'), command, { encoding: 'utf8', env });
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    assert.equal(await page('/api/loyalty?limit=1'), 200);

    const wrong = spawnSync(join(root(), 'dr'), ['recover', 'service', 'bar', '--reason', 'x', '--json'], {
      encoding: 'utf8',
      env,
    });
    assert.equal(wrong.status, 2);
    assert.match(wrong.stdout, /Argument <name> is \\"bar\\": .* no such service. Expected api-gateway or/);
  });
});
