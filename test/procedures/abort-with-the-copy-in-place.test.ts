/**
 * The worst moment to change one's mind: the copy already runs in the server's place, but the first write to it fails,
 * because at the moment that was chosen a deploy had the heartbeat table renamed. Aborted there, the damaged server is back
 * on its own volume and its own timeline, with everything that was written to it, and the clients are let in again. Nobody
 * is left a trace of the timeline that was begun: the archive has no file of it, and the standby streams on after a restart.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerOf, docker, inContainer } from '../support/docker';
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

  /** Files and folders of a timeline in the archive. */
  const archived = async (number: string): Promise<string[]> => {
    const command = ['pgbackrest', '--stanza=main', '--log-level-console=off', 'repo-ls', 'archive/main', '--recurse'];
    const all = (await inContainer(containerOf('postgres'), command)).split('\n');
    return all.filter((path) => path.split('/').at(-1)?.startsWith(number));
  };
  const onStandby = (sql: string): Promise<string> =>
    inContainer(containerOf('postgres-standby'), ['psql', '-XAtq', '-c', sql, 'theshandi_db']);
  const receives = (): Promise<string> =>
    onStandby(`SELECT status || ' ' || received_tli FROM pg_stat_wal_receiver`).catch(() => '');

  it('the damaged server is back on its volume and timeline, takes writes, and the begun timeline is gone', async () => {
    const before = { volume: await volume(), timeline: await timeline() };
    assert.equal(await receives(), `streaming ${before.timeline}`);
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
    const begun = await timeline();
    const number = begun.toString(16).toUpperCase().padStart(8, '0');
    assert.ok(begun > before.timeline, `timeline ${begun} was begun`);
    await shandi.archiveNow();
    const there = await archived(number);
    assert.ok(there.some((path) => path.endsWith(`${number}.history`)) && there.length > 2, there.join(' '));
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
        'Take the abandoned timeline out of the archive: done',
        'Let postgres-standby forget the abandoned timeline: done',
        'Remove the copy and its volume: done',
      ],
      story(view),
    );
    assert.deepEqual({ volume: await volume(), timeline: await timeline() }, before);
    const kept = await shandi.sql<{ node: string }>(`SELECT node FROM dr_heartbeat WHERE id = ${Number(id)}`);
    assert.equal(kept.node, 'kept by the abort');
    await shandi.clientWrites();

    assert.deepEqual(await archived(number), []);
    const left = `SELECT count(*) FROM pg_ls_waldir() WHERE name LIKE '${number}%'`;
    assert.equal(await onStandby(left), '0', 'the standby has forgotten it');
    await docker.getContainer(containerOf('postgres-standby')).restart();
    await shandi.eventually('the standby streams on the old timeline after a restart', async () =>
      (await receives()) === `streaming ${before.timeline}` ? true : undefined,
    );
    const { xid } = await shandi.mark();
    await shandi.eventually(`transaction ${xid} is on the standby`, async () =>
      (await onStandby(`SELECT pg_xact_status('${xid}')`).catch(() => '')) === 'committed' ? true : undefined,
    );
    await shandi.archiveNow();
    assert.deepEqual(await shandi.leftovers(), []);
  });
});
