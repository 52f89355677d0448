/**
 * Everything is down at once: all containers killed, or removed, while clients place orders. One run brings the critical
 * services back to their clients first and the rest after them, without touching what works, and proves it by real orders.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { root } from '../../activities/shared/paths';
import { readEnv, readRoles } from '../../platform/lifecycle';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report } from '../../workflows/contracts/run-view';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { project } from '../support/names';
import { approve, resultOf } from '../support/runs';
import { asClient, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

interface Result {
  needed: boolean;
  data: { resource: string; ways: string[]; lossMs: number | null }[];
  criticalMs: number;
  allMs: number;
  notRecovered: string[];
  validated: boolean;
}

describe('everything is down', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const recover = (input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const ofProject = () =>
    docker.listContainers({ all: true, filters: { label: [`com.docker.compose.project=${project}`] } });
  const each = async (act: (id: string, service: string) => Promise<unknown>, but: string[] = []): Promise<void> => {
    for (const one of await ofProject()) {
      const service = one.Labels['com.docker.compose.service'] ?? '';
      if (!but.includes(service)) await act(one.Id, service).catch(() => undefined);
    }
  };
  const page = async (path: string): Promise<number> => {
    const port = (await readEnv(project))['NGINX_PORT'] ?? '';
    return fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  };
  const result = (report: Report): Result => report.result as unknown as Result;
  const ways = (report: Report): Record<string, string[]> =>
    Object.fromEntries(result(report).data.map((one) => [one.resource, one.ways]));

  async function recovered(report: Report, verdict = 'met'): Promise<void> {
    assert.equal(report.view.verdict, verdict);
    assert.deepEqual([result(report).notRecovered, result(report).validated], [[], true]);
    for (const path of ['/api/orders?limit=1', '/api/payments?limit=1', '/api/content?limit=1'])
      assert.equal(await page(path), 200, path);
    const running = (await ofProject()).filter((one) => one.State === 'running');
    assert.equal(running.length, 20);
    await shandi.eventually('the standby follows', async () => {
      const rows = await shandi.sql<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_replication`);
      return rows.n >= 1 ? true : undefined;
    });
  }

  it('nothing is: every page is got, and nothing is touched', async () => {
    const before = await shandi.state();
    const report = await resultOf(await recover());
    assert.deepEqual([result(report).needed, report.view.gates.length], [false, 0]);
    assert.deepEqual(await shandi.state(), before);
  });

  it('all containers are killed while orders are placed: the critical services first, and no acknowledged order is lost', async () => {
    const ledger = await shandi.startLedger();
    const engine = await EngineEvents.watch();
    await each((id) => docker.getContainer(id).kill());
    assert.equal(await page('/api/orders?limit=1'), 0, 'the disaster has happened');
    const report = await resultOf(await recover());
    engine.stop();
    assert.deepEqual(ways(report), { 'database.shandi': ['restart'], 'store.redis': ['restart'] });
    await recovered(report);
    // Nothing of the database; of Redis what `appendfsync everysec` may lose.
    assert.equal(report.view.objectives?.achievedRpo, 1_000);
    console.log(`      critical ${result(report).criticalMs} ms, all ${result(report).allMs} ms`);
    await shandi.stopLedger();
    assert.deepEqual((await ledger.verdict({ query: asClient })).missing, []);
  });

  it('everything was killed and the env file is broken: put back from its bundle first, with the volumes in use', async () => {
    const backup = await shandi.client.workflow.start('backupConfiguration', {
      taskQueue: controlQueue,
      workflowId: 'backup.configuration',
      args: [{ reason: 'test', by: 'tester', images: false }],
    });
    await resultOf(backup);
    const file = join(root(), 'platform', 'state', project, '.env');
    const before = readFileSync(file, 'utf8');
    await each((id) => docker.getContainer(id).kill());
    writeFileSync(file, 'PG_PASS\0WORD=\n<<<<');
    const report = await resultOf(await recover());
    await recovered(report);
    assert.equal(readFileSync(file, 'utf8'), before);
    assert.equal(report.view.steps.filter((one) => one.title === 'Put back the configuration').length, 1);
  });

  it('all containers of services, the gateway and the pooler are removed, the database works: it is not touched', async () => {
    const database = ['postgres', 'postgres-standby', 'redis'];
    const before = (await docker.getContainer(containerOf('postgres')).inspect()).State.StartedAt;
    await each((id) => docker.getContainer(id).remove({ force: true }), database);
    const report = await resultOf(await recover());
    assert.deepEqual(ways(report), { 'database.shandi': ['pooler'], 'store.redis': ['intact'] });
    await recovered(report);
    assert.equal((await docker.getContainer(containerOf('postgres')).inspect()).State.StartedAt, before);
  });

  it('redis is gone with its volume and everything else was killed: restored from its backup before a service starts', async () => {
    await resultOf(
      await shandi.client.workflow.start('backupRedis', {
        taskQueue: controlQueue,
        workflowId: 'backup.store.redis',
        args: [{ store: 'redis', reason: 'test', by: 'tester' }],
      }),
    );
    const lost = (await readEnv(project))['REDIS_VOLUME'] ?? '';
    await each((id) => docker.getContainer(id).kill());
    await docker.getContainer(containerOf('redis')).remove({ force: true });
    await docker.getVolume(lost).remove();
    const report = await resultOf(await recover());
    assert.deepEqual(ways(report), { 'store.redis': ['recover'], 'database.shandi': ['restart'] });
    await recovered(report);
  });

  it('primary and standby are gone with their volumes: recovered from the backups, and a person has seen what is lost', async () => {
    const before = await shandi.mark();
    await shandi.archiveNow();
    const env = await readEnv(project);
    await each((id) => docker.getContainer(id).kill());
    for (const [service, variable] of [
      ['postgres', 'PGDATA_VOLUME'],
      ['postgres-standby', 'STANDBY_PGDATA_VOLUME'],
    ] as const) {
      await docker.getContainer(containerOf(service)).remove({ force: true });
      await docker.getVolume(env[variable] ?? '').remove();
    }
    const handle = await recover();
    await answer(handle);
    const report = await resultOf(handle);
    assert.deepEqual(ways(report)['database.shandi'], ['recover']);
    await recovered(report, report.view.verdict === 'met' ? 'met' : 'unproven');
    assert.ok((await shandi.marks(await primary())).includes(before.name));
  });

  it('the primary is gone with its volume, everything else was killed: the standby is woken and promoted, services find it', async () => {
    const ledger = await shandi.startLedger();
    await shandi.eventually('orders are placed', async () => (ledger.progress.acknowledged > 10 ? true : undefined));
    const lost = (await readEnv(project))['PGDATA_VOLUME'] ?? '';
    await each((id) => docker.getContainer(id).kill());
    await docker.getContainer(containerOf('postgres')).remove({ force: true });
    await docker.getVolume(lost).remove();
    const handle = await recover();
    await answer(handle);
    const report = await resultOf(handle);
    assert.deepEqual(ways(report)['database.shandi'], ['failover']);
    // Nobody had watched the primary, so how much is lost cannot be known.
    await recovered(report, 'unproven');
    // A service that holds the address of the database itself is made anew with the new one, not started with the old.
    assert.deepEqual(
      report.view.steps.filter((one) => /^Recover .*-service/.test(one.title)),
      [],
    );
    await shandi.stopLedger();
    await moveBack();
  });

  /** The tests of other files expect the primary where the plan has it. */
  async function moveBack(): Promise<void> {
    const handle = await shandi.client.workflow.start('databaseSwitchover', {
      taskQueue: controlQueue,
      workflowId: 'recover.database.shandi',
      args: [{ database: 'shandi', to: 'postgres', reason: 'test', by: 'tester' }],
    });
    await approve(handle);
    await resultOf(handle);
    assert.equal((await readRoles(project)).primary.service, 'postgres');
  }

  /** Name of the container of whoever is the primary now. */
  const primary = async (): Promise<string> => containerOf((await readRoles(project)).primary.service);

  /** Says yes where a run that was started from here asks; none need ask. */
  async function answer(handle: WorkflowHandle): Promise<void> {
    await shandi.eventually('a run that it has started asks, or it is done', async () => {
      const view = await handle.query<Report['view']>('run');
      if (view.endedAt !== undefined) return true;
      const asking = view.waitsOn?.find((one) => one.state === 'waiting-approval');
      if (!asking) return undefined;
      await approve(shandi.client.workflow.getHandle(asking.workflowId));
      return true;
    });
  }
});
