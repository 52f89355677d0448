/**
 * The worst moment to change one's mind: the copy already runs in the server's place, but the first write to it fails,
 * because at the moment that was chosen a deploy had the heartbeat table renamed. Aborted there, the damaged server is back
 * on its own volume and its own timeline, with everything that was written to it, and the clients are let in again.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerOf, docker } from '../support/docker';
import { approve, failureOf, openCard, story, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RunView } from '../../workflows/contracts/run-view';

describe('abort with the copy in the place of the server', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const volume = async (): Promise<string | undefined> => {
    const info = await docker.getContainer(containerOf('postgres')).inspect();
    return info.Mounts.find((one) => one.Destination === '/var/lib/postgresql/data')?.Name;
  };
  const timeline = async (): Promise<number> =>
    (await shandi.sql<{ timeline: number }>('SELECT timeline_id AS timeline FROM pg_control_checkpoint()')).timeline;

  it('the damaged server is back on its volume and timeline, and takes writes', async () => {
    const before = { volume: await volume(), timeline: await timeline() };
    await shandi.sql('ALTER TABLE dr_heartbeat RENAME TO dr_heartbeat_away');
    await sleep(300);
    const moment = await shandi.now();
    await sleep(300);
    await shandi.sql('ALTER TABLE dr_heartbeat_away RENAME TO dr_heartbeat');
    const { id } = await shandi.sql<{ id: string }>(
      `INSERT INTO dr_heartbeat (node) VALUES ('kept by the abort') RETURNING id::text AS id`,
    );

    const handle = await shandi.recover({ target: { kind: 'time', time: moment } });
    await approve(handle, openCard(await until(handle, 'waiting-approval')));
    const held = await until(handle, 'held');
    assert.equal(held.hold?.title, 'Write to it directly', story(held));
    assert.notEqual(await volume(), before.volume, 'the copy is in place');
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });

    assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    const view = await handle.query<RunView>('run');
    const undone = view.steps.filter((one) => one.kind === 'undo');
    assert.deepEqual(
      undone.map((one) => `${one.title}: ${one.state}`),
      [
        'Put the damaged server back in its place: done',
        'Start the damaged server again: done',
        'Let the clients in again: done',
        'Remove the copy and its volume: done',
      ],
      story(view),
    );
    assert.deepEqual({ volume: await volume(), timeline: await timeline() }, before);
    const kept = await shandi.sql<{ node: string }>(`SELECT node FROM dr_heartbeat WHERE id = ${Number(id)}`);
    assert.equal(kept.node, 'kept by the abort');
    await shandi.clientWrites();
    assert.deepEqual(await shandi.leftovers(), []);
  });
});
