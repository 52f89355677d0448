/**
 * A recovery that goes wrong must not become a second disaster. It is aborted at one place after the other: while it
 * restores, at a gate whose copy has died, with the clients held and the server fenced. Each time the platform is as it
 * was, and takes writes.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { containerOf, docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { approve, failureOf, openCard, story, until } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RunView } from '../../workflows/contracts/run-view';

describe('abort before the clients are let in', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  let engine: EngineEvents;
  beforeEach(async () => (engine = await EngineEvents.watch()));
  afterEach(() => engine.stop());
  const word = { by: 'tester', reason: 'test' };
  const abortHeld = (handle: WorkflowHandle): Promise<unknown> =>
    handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });

  const undone = async (handle: WorkflowHandle, before: Record<string, unknown>): Promise<RunView> => {
    const failure = await failureOf(handle);
    const view = await handle.query<RunView>('run');
    assert.equal(failure.code, 'DR-ABORTED', failure.message);
    assert.deepEqual(
      view.steps.filter((one) => one.kind === 'undo' && one.state !== 'done').map((one) => one.title),
      [],
      story(view),
    );
    assert.deepEqual(await shandi.footprint(), before, story(view));
    await shandi.clientWrites();
    return view;
  };

  it('while the backup is being restored', async () => {
    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    const restore = await engine.first('start', madeBy(handle).restore);
    await docker.getContainer(restore.id).update({ CpuPeriod: 100_000, CpuQuota: 2_000 });
    await handle.executeUpdate('abort', { args: [word] });
    await undone(handle, before);
  });

  it('at the gate, whose copy has died: held with its facts missing, then aborted', async () => {
    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    const card = openCard(await until(handle, 'waiting-approval'));
    await docker.getContainer(madeBy(handle).copy).remove({ force: true });
    await approve(handle, card);
    const held = await until(handle, 'held');
    assert.match(held.hold?.title ?? '', /Measure the facts of gate cut-over/);
    await abortHeld(handle);
    await undone(handle, before);
  });

  it('clients held and the server fenced: the promotion fails, then aborted', async () => {
    const before = await shandi.footprint();
    const damaged = (await docker.getContainer(containerOf('postgres')).inspect()).Id;
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    await approve(handle, openCard(await until(handle, 'waiting-approval')));
    await engine.first('die', damaged);
    await docker.getContainer(madeBy(handle).copy).remove({ force: true });
    const held = await until(handle, 'held');
    assert.equal(held.hold?.title, 'Promote the copy');
    assert.equal(held.hold?.problem.code, 'DR-COPY-NOT-STARTED');
    await assert.rejects(shandi.clientWrites(), 'clients are held');
    await abortHeld(handle);
    const view = await undone(handle, before);
    const back = view.steps.filter((one) => one.kind === 'undo').map((one) => one.title);
    assert.deepEqual(back, [
      'Start the damaged server again',
      'Let the clients in again',
      'Remove the copy and its volume',
    ]);
  });

  it('a server that was cut off from its networks, as one that outlives the kill is, can be reached again by its name', async () => {
    const before = await shandi.footprint();
    const damaged = await docker.getContainer(containerOf('postgres')).inspect();
    const networks = Object.keys(damaged.NetworkSettings.Networks);
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    await approve(handle, openCard(await until(handle, 'waiting-approval')));
    await engine.first('die', damaged.Id);
    await docker.getContainer(madeBy(handle).copy).remove({ force: true });
    await until(handle, 'held');
    for (const name of networks) await docker.getNetwork(name).disconnect({ Container: damaged.Id, Force: true });
    await abortHeld(handle);
    await undone(handle, before);
    const now = await docker.getContainer(damaged.Id).inspect();
    assert.deepEqual(Object.keys(now.NetworkSettings.Networks), networks);
  });
});
