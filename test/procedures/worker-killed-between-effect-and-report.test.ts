/**
 * The worst moment to lose a worker: what it was told to do is done, and nobody has been told. It is stopped in its tracks
 * (SIGSTOP) while the effect is under way, the engine finishes the effect, and then the worker is killed. The next one
 * must find the effect and not repeat it: one restore, one stop of the server, one new timeline, one backup.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaced, strike } from '../support/control-plane';
import { containerOf, docker, inContainer } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { triedOnce } from '../support/history';
import { approve, openCard, resultOf, until } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

interface Info {
  backup: { label: string; annotation?: Record<string, string> }[];
  status: { lock: { backup: { held: boolean } } };
}

describe('worker killed between an effect and its report', function () {
  this.timeout(150_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  let engine: EngineEvents;
  beforeEach(async () => (engine = await EngineEvents.watch()));
  afterEach(() => engine.stop());

  const repository = async (): Promise<Info> => {
    const text = await inContainer(containerOf('postgres'), ['pgbackrest', 'info', '--stanza=main', '--output=json']);
    return (JSON.parse(text) as [Info])[0];
  };

  /** Stops the worker once the effect is under way, waits until it is complete, kills the worker. */
  const strikeBetween = async (underWay: () => Promise<unknown>, complete: () => Promise<unknown>): Promise<void> => {
    await underWay();
    const stopped = strike('site-primary', 'SIGSTOP');
    await complete();
    strike('site-primary', 'SIGKILL');
    await replaced('site-primary', stopped);
  };

  it('the restore is found finished and not done again', async () => {
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    await strikeBetween(
      async () => engine.first('start', madeBy(handle).restore),
      async () => {
        // A stopped worker reads nothing: that the restore ends at all shows that it does not hang on its reader.
        const died = await engine.first('die', madeBy(handle).restore);
        assert.equal(died.exitCode, 0, 'the restore ended well before the worker was killed');
      },
    );
    const card = openCard(await until(handle, 'waiting-approval'));
    const restore = await triedOnce(handle, 'restoreCopy');
    assert.ok(restore.attempt >= 2, 'the report was lost');
    assert.equal((restore.result as { reused: boolean }).reused, true);
    // Under one name: the restore, and the look at the volume that found it finished.
    assert.equal(engine.of('start', madeBy(handle).restore).length, 2);
    await handle.executeUpdate('reject', { args: [{ card, by: 'tester', reason: 'enough seen' }] });
    await handle.result().catch(() => undefined);
  });

  it('the fence, the promotion and the backup happen once each', async () => {
    const { timeline: before } = await shandi.sql<{ timeline: number }>(
      'SELECT timeline_id AS timeline FROM pg_control_checkpoint()',
    );
    const labels = (await repository()).backup.map((one) => one.label);
    const damaged = (await docker.getContainer(containerOf('postgres')).inspect()).Id;

    const handle = await shandi.recover({ target: { kind: 'latest' }, fullBackup: true });
    const waiting = await until(handle, 'waiting-approval');
    await approve(handle, openCard(waiting));

    await strikeBetween(
      () => engine.first('kill', damaged),
      () => engine.first('die', damaged),
    );

    const promotion = watchLog(madeBy(handle).copy, 'selected new timeline ID');
    await strikeBetween(
      () => promotion,
      async () => sleep(3_000),
    );

    await strikeBetween(
      () =>
        shandi.eventually('the full backup is under way', async () =>
          (await repository().catch(() => undefined))?.status.lock.backup.held ? true : undefined,
        ),
      () =>
        shandi.eventually('the full backup is complete', async () => {
          const { backup, status } = await repository();
          return backup.length > labels.length && !status.lock.backup.held ? true : undefined;
        }),
    );
    const { view } = await resultOf(handle);

    assert.equal(view.verdict, 'met');
    for (const type of ['fenceServer', 'promoteCopy', 'fullBackup']) {
      const tried = await triedOnce(handle, type);
      assert.ok(tried.attempt >= 2, `the report of ${type} was lost`);
    }
    assert.equal(engine.of('die', damaged).length, 1, 'the damaged server was stopped once');
    const { timeline: after } = await shandi.sql<{ timeline: number }>(
      'SELECT timeline_id AS timeline FROM pg_control_checkpoint()',
    );
    assert.equal(after, before + 1, 'one promotion, one new timeline');
    const made = (await repository()).backup.filter((one) => !labels.includes(one.label));
    assert.equal(made.length, 1, `new backups: ${made.map((one) => one.label).join(', ')}`);
    await shandi.clientWrites();
  });
});

/** Resolves when the container's log says the words. */
function watchLog(container: string, words: string): Promise<void> {
  const follow = spawn('docker', ['logs', '--follow', container], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let seen = '';
    const read = (chunk: Buffer): void => {
      seen += chunk.toString('utf8');
      if (!seen.includes(words)) return;
      follow.kill();
      resolve();
    };
    follow.stdout.on('data', read);
    follow.stderr.on('data', read);
    follow.once('close', () =>
      reject(new Error(`the log of ${container} ended without "${words}": ${seen.slice(-300)}`)),
    );
  });
}
