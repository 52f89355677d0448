/**
 * The production control plane: Temporal on a PostgreSQL of its own, its Web UI and the workers, each a container. It comes up
 * from nothing with one command. Then any one of its containers dies (SIGKILL, out of memory, a node that lost power) while a
 * recovery waits for a person, and again while a step is under way: Docker brings it back, the run goes on where it was, and
 * nothing happens twice.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { toolPaths } from '../../scripts/set-up/paths';
import { lose, onControlPlane, parts, stateOf, type ContainerPart } from '../support/containers';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { dr } from '../support/program';
import { openCard, resultOf, until } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RunView } from '../../workflows/contracts/run-view';

const id = 'recover.database.shandi';
/** Those that a step under way depends on. */
const atWork: ContainerPart[] = ['control-worker', 'temporal', 'postgresql', 'site-primary'];

describe('production control plane', function () {
  this.timeout(240_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  let engine: EngineEvents;
  beforeEach(async () => (engine = await EngineEvents.watch()));
  afterEach(() => engine.stop());

  const temporal = async (...args: string[]): Promise<string> => {
    const ran = await promisify(execFile)(toolPaths().temporal, args, { env: { ...process.env, NO_COLOR: '1' } });
    return ran.stdout;
  };

  /** What the run says of itself; asked until somebody answers. */
  const view = (): Promise<RunView> =>
    shandi.eventually('the run answers', () =>
      shandi.client.workflow
        .getHandle(id)
        .query<RunView>('run')
        .catch(() => undefined),
    );

  it('from nothing: every part is healthy, restarted when it dies, and the server knows what runs write', async () => {
    for (const part of parts) {
      const { health, restartPolicy } = await stateOf(part);
      assert.deepEqual([part, health, restartPolicy], [part, 'healthy', 'unless-stopped']);
    }
    for (const once of ['schema', 'namespace']) assert.equal((await stateOf(once)).exitCode, 0, once);
    const attributes = await temporal('operator', 'search-attribute', 'list');
    for (const name of ['DrProcedure', 'DrResource', 'DrState', 'DrTier', 'DrVerdict', 'DrPlanHash'])
      assert.match(attributes, new RegExp(`${name}\\s+Keyword`));
    // What was made once is left alone the second time.
    for (const once of ['schema', 'namespace']) await onControlPlane('run', '--rm', '--no-deps', once);
    assert.equal(
      (await fetch(`http://127.0.0.1:${Number(process.env['DR_TEMPORAL_PORT']) + 1000}/healthz`)).status,
      200,
    );
  });

  it('each container dies while a recovery waits at its gate: the same card, one recovery', async () => {
    const { name } = await shandi.mark();
    const started = await dr('recover', 'database', 'shandi', '--latest', '--reason', 'test', '--detach');
    assert.equal(started.code, 0, started.err);
    const handle = shandi.client.workflow.getHandle(id);
    const card = openCard(await until(handle, 'waiting-approval'));
    for (const part of parts) {
      await lose(part);
      assert.equal(openCard(await view()), card, `after the loss of ${part}`);
    }
    await temporal(
      ...['workflow', 'update', 'execute', '-w', id, '--name', 'approve', '--input'],
      JSON.stringify({ card, by: 'Management', reason: 'agreed' }),
    );
    const report = await resultOf(handle);
    assert.equal(report.view.verdict, 'met');
    assert.ok((await shandi.marks()).includes(name));
    assert.equal(engine.of('die', containerOf('postgres')).length, 1, 'the database was stopped once');
    await shandi.clientWrites();
    // The command line in the container of the control worker, for a machine that has no checkout.
    assert.match(await onControlPlane('exec', '-T', 'control-worker', './dr', 'runs'), new RegExp(id));
  });

  it('each container dies while a step is under way: the step is ended once, the data is right', async () => {
    const kept = await shandi.mark();
    await sleep(100);
    const taken = await shandi.mark();
    const handle = await shandi.recover({ target: { kind: 'time', time: kept.at } });
    const { restore, copy } = madeBy(handle);
    const held = holdBack(restore);
    await engine.first('start', restore);
    for (const part of atWork) {
      assert.equal((await view()).state, 'running', `before the loss of ${part}`);
      await lose(part);
    }
    await held.release();
    const card = openCard(await until(handle, 'waiting-approval', 120_000));
    await handle.executeUpdate('approve', { args: [{ card, by: 'tester', reason: 'test' }] });
    const report = await resultOf(handle);

    assert.equal(report.view.verdict, 'met');
    const ends = engine.of('die', restore).map((one) => one.exitCode);
    assert.equal(ends.at(-1), 0, 'the restore that counts was completed');
    assert.equal(engine.of('create', copy).length, 1, 'one copy');
    assert.equal(engine.of('die', containerOf('postgres')).length, 1, 'the database was stopped once');
    const marks = await shandi.marks();
    assert.ok(marks.includes(kept.name));
    assert.ok(!marks.includes(taken.name));
    await shandi.clientWrites();
  });
});

/** Gives a container next to no processor, whichever one has the name, so that its step lasts until it is released. */
function holdBack(name: string): { release(): Promise<void> } {
  let over = false;
  const slow = async (): Promise<void> => {
    for (const slowed = new Set<string>(); !over; await sleep(50)) {
      const found = await docker
        .getContainer(name)
        .inspect()
        .catch(() => undefined);
      if (!found?.State.Running || slowed.has(found.Id)) continue;
      slowed.add(found.Id);
      await docker
        .getContainer(found.Id)
        .update({ CpuPeriod: 100_000, CpuQuota: 2_000 })
        .catch(() => undefined);
    }
  };
  const slowing = slow();
  return {
    release: async () => {
      over = true;
      await slowing;
      await docker
        .getContainer(name)
        .update({ CpuPeriod: 100_000, CpuQuota: 100_000 })
        .catch(() => undefined);
    },
  };
}
