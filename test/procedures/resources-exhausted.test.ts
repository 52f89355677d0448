/**
 * Something is used up: a service takes all the memory it may have, a disk is full, sessions that were forgotten have every
 * connection. The hog is named with its numbers, and only what the plan names is removed, limited, restarted or ended; of
 * PostgreSQL's files nothing ever is. It is relieved when a new measurement says so.
 */
import assert from 'node:assert/strict';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WorkflowHandle } from '@temporalio/client';
import type { Client } from 'pg';
import { freeFiles, measureConnections, measureContainers } from '../../activities/resources';
import { loadPlan, type Plan } from '../../plan';
import { problemOf } from '../../workflows/contracts/errors';
import { controlQueue } from '../../workflows/contracts/names';
import type { Taken } from '../../workflows/resources/relieve';
import { containerOf, docker, inContainer } from '../support/docker';
import { eatMemory, filesIn, idleSessions, smallDiskIn, writeOld } from '../support/exhaust';
import { withPlan } from '../support/plan-file';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('resources are exhausted', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const relieve = (input: Record<string, unknown> = {}): Promise<WorkflowHandle> =>
    shandi.client.workflow.start('relieveResources', {
      taskQueue: controlQueue,
      workflowId: 'recover.resources',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const taken = (result: Record<string, unknown>): [string, boolean][] =>
    (result['taken'] as Taken[]).map(({ title, helped }) => [title, helped]);
  const planFile = process.env['DR_PLAN'] ?? '';
  const theSite = async () => {
    const { plan } = await loadPlan(planFile);
    const [site] = plan.sites;
    assert.ok(site);
    return { plan, site };
  };
  const here = <T>(act: (args: never) => Promise<T>, args: unknown): Promise<T> =>
    new MockActivityEnvironment(
      { workflowExecution: { workflowId: 'recover.resources', runId: 'r' } },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    ).run(act as (given: unknown) => Promise<T>, args) as Promise<T>;
  const memoryOf = async (service: string): Promise<number> => {
    const { site } = await theSite();
    return (await here(measureContainers, { site })).find((one) => one.service === service)?.memoryBytes ?? 0;
  };
  const restartAfter = async (service: string): Promise<void> => {
    await docker.getContainer(containerOf(service)).restart({ t: 1 });
  };

  it('nothing is: nothing is done', async () => {
    const report = await resultOf(await relieve());
    assert.equal(report.result['needed'], false);
  });

  it('a memory hog: named with its numbers; it gets what the plan grants, without an interruption', async () => {
    const before = await docker.getContainer(containerOf('ai-service')).inspect();
    try {
      await eatMemory('ai-service', 0.94);
      const report = await resultOf(await relieve());
      assert.match(JSON.stringify(report.result['hogs']), /ai-service takes \d+ MB of 201 MB \(9\d %\)/);
      assert.deepEqual(taken(report.result), [['Let ai-service have 268 MB, it had 201 MB', true]]);
      const now = await docker.getContainer(containerOf('ai-service')).inspect();
      assert.deepEqual(
        [now.HostConfig.Memory, now.Id, now.State.StartedAt],
        [256 * 1024 * 1024, before.Id, before.State.StartedAt],
      );
    } finally {
      await docker.getContainer(containerOf('ai-service')).update({ Memory: 201_326_592, MemorySwap: 402_653_184 });
      await restartAfter('ai-service');
    }
  });

  it('a memory hog whose restart nobody has called automatic: a person decides, and the memory is given back', async () => {
    await eatMemory('content-service', 0.94);
    const hog = await memoryOf('content-service');
    const handle = await relieve();
    const view = await until(handle, 'waiting-approval');
    assert.match(JSON.stringify(view.gates[0]?.card.warnings), /content-service serves nobody while it starts/);
    assert.equal((await memoryOf('content-service')) > hog * 0.9, true);
    await approve(handle, openCard(view));
    assert.deepEqual(taken((await resultOf(handle)).result), [['Restart content-service', true]]);
    assert.ok((await memoryOf('content-service')) < hog / 2);
  });

  it('a memory hog that the plan does not name: refused with its numbers, and not touched', async () => {
    const before = await docker.getContainer(containerOf('loyalty-service')).inspect();
    try {
      await eatMemory('loyalty-service', 0.94);
      const { code, message } = await failureOf(await relieve());
      assert.equal(code, 'DR-RESOURCES');
      assert.match(message, /loyalty-service takes .* the plan allows nothing/);
      const now = await docker.getContainer(containerOf('loyalty-service')).inspect();
      assert.equal(now.State.StartedAt, before.State.StartedAt);
    } finally {
      await restartAfter('loyalty-service');
    }
  });

  describe('the disk is filled', () => {
    beforeEach(async () => {
      await restartAfter('content-service');
      await smallDiskIn('content-service', '/var/tmp', 40);
    });
    afterEach(() => restartAfter('content-service'));

    it('by a cache that may go: removed by policy, and nothing else: no younger file, none of another name, none through a link', async () => {
      await writeOld('content-service', '/var/tmp/cache-1', 26, 2);
      await writeOld('content-service', '/var/tmp/cache-young', 2, 0);
      await writeOld('content-service', '/var/tmp/export-1', 4, 48);
      await writeOld('content-service', '/var/tmp/kept', 8, 48);
      await inContainer(containerOf('content-service'), ['ln', '-s', '/usr/share', '/var/tmp/cache-link'], 'root');
      const report = await resultOf(await relieve());
      assert.match(JSON.stringify(report.result['hogs']), /full to 9\d %|full to 100 %/);
      assert.match(JSON.stringify(report.result['hogs']), /most of it is \/var\/tmp\/cache-1/);
      assert.deepEqual(taken(report.result), [['Remove 1 files of content-cache, 27.3 MB', true]]);
      assert.deepEqual(await filesIn('content-service', '/var/tmp'), ['cache-link', 'cache-young', 'export-1', 'kept']);
    });

    it('by exports that a person has to let go: nothing before the yes, not one more than on the card after it', async () => {
      await writeOld('content-service', '/var/tmp/export-1', 38, 48);
      const handle = await relieve();
      const view = await until(handle, 'waiting-approval');
      assert.deepEqual(await filesIn('content-service', '/var/tmp'), ['export-1']);
      await writeOld('content-service', '/var/tmp/export-young', 1, 0);
      await approve(handle, openCard(view));
      await resultOf(handle);
      assert.deepEqual(await filesIn('content-service', '/var/tmp'), ['export-young']);
    });

    it('by what nobody may remove: refused, it says what is largest, and everything stays', async () => {
      await writeOld('content-service', '/var/tmp/kept', 39, 48);
      const { code, message } = await failureOf(await relieve());
      assert.equal(code, 'DR-RESOURCES');
      assert.match(message, /most of it is \/var\/tmp\/kept/);
      assert.deepEqual(await filesIn('content-service', '/var/tmp'), ['kept']);
    });
  });

  it("PostgreSQL's files are not removed, whatever a plan says", async () => {
    const { plan, site } = await theSite();
    const approval = {
      ...{ workflowId: 'recover.resources', runId: 'r', gate: 'free', card: '0123456789ab' },
      ...{ by: 'tester', via: 'person' as const, at: new Date().toISOString() },
    };
    const entry = { name: 'wal', service: 'postgres', files: '*', olderThan: 1, automatic: true };
    const count = (): Promise<string> =>
      inContainer(containerOf('postgres'), ['sh', '-c', 'ls /var/lib/postgresql/data/pg_wal | wc -l']);
    for (const directory of [
      '/var/lib/postgresql/data/pg_wal',
      '/var/lib/postgresql/data',
      '/var/lib',
      '/var/lib/pgbackrest',
    ]) {
      const given = {
        site,
        entry: { ...entry, directory },
        olderThan: Date.now(),
        databases: plan.databases,
        approval,
      };
      const failure = await here(freeFiles, given).then(
        () => assert.fail(`${directory} was emptied`),
        (error: unknown) => problemOf(error),
      );
      assert.equal(failure.code, 'DR-NOT-OURS', failure.message);
    }
    assert.ok(Number(await count()) > 0);
    await shandi.clientWrites();
  });

  it('forgotten sessions have the connections: those are ended by name, and clients connect again', async () => {
    let sessions: Client[] = [];
    const impatient = (plan: Plan): Plan => {
      plan.resources.sessions.idleInTransaction = 1_000;
      return plan;
    };
    await withPlan(impatient, async () => {
      try {
        const { plan, site } = await theSite();
        const [database] = plan.databases;
        const measure = () => here(measureConnections, { database, site, idleMs: 1_000 });
        const { used, most } = await measure();
        sessions = await idleSessions(Math.ceil(most * 0.9) - used);
        await shandi.eventually('they are idle for long enough', async () =>
          (await measure()).idle.length >= sessions.length ? true : undefined,
        );
        const handle = await relieve();
        const view = await until(handle, 'waiting-approval');
        assert.match(JSON.stringify(view.gates[0]?.card), /forgotten-report/);
        await approve(handle, openCard(view));
        const report = await resultOf(handle);
        assert.deepEqual(taken(report.result), [[`End ${sessions.length} idle sessions of shandi`, true]]);
        assert.deepEqual((await measure()).idle, []);
        await shandi.clientWrites();
      } finally {
        await Promise.all(sessions.map((one) => one.end().catch(() => undefined)));
      }
    });
  });
});
