/**
 * While the backup is being restored the worker beside the engine is killed: no goodbye, no cleaning up, the restore runs
 * on without anyone who waits for it. The supervisor brings another worker, which must neither write beside the orphan nor
 * begin a second copy, and the recovery ends as if nothing had been.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaced, strike } from '../support/control-plane';
import { docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { triedOnce } from '../support/history';
import { approve, resultOf, until } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('worker killed in mid-restore', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  let engine: EngineEvents;
  beforeEach(async () => (engine = await EngineEvents.watch()));
  afterEach(() => engine.stop());

  it('another worker takes the step over; one copy, and the data is right', async () => {
    const kept = await shandi.mark();
    await sleep(100);
    const taken = await shandi.mark();

    const handle = await shandi.recover({ target: { kind: 'time', time: kept.at } });
    const orphan = await engine.first('start', madeBy(handle).restore);
    // Two hundredths of a core: the restore is under way for as long as it takes to notice the death.
    await docker.getContainer(orphan.id).update({ CpuPeriod: 100_000, CpuQuota: 2_000 });
    await sleep(500);
    const killed = strike('site-primary', 'SIGKILL');
    assert.ok((await docker.getContainer(orphan.id).inspect()).State.Running, 'the restore was still under way');
    await replaced('site-primary', killed);
    await approve(handle, (await until(handle, 'waiting-approval')).gates[0]?.card.hash);
    const { view } = await resultOf(handle);

    const restore = await triedOnce(handle, 'restoreCopy');
    assert.equal(restore.attempt, 2);
    assert.equal(restore.lastFailure, 'heartbeat', 'the death was noticed by the silence');
    // Under one name, so never two at once: the orphan, the look at what it left, the restore that was completed.
    assert.deepEqual(
      engine.of('die', madeBy(handle).restore).map((one) => one.exitCode),
      [137, 0, 0],
    );
    assert.equal(view.verdict, 'met');
    const marks = await shandi.marks();
    assert.ok(marks.includes(kept.name));
    assert.ok(!marks.includes(taken.name));
    await shandi.clientWrites();
  });
});
