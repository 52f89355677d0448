/**
 * The orchestrator's own server dies (SIGKILL, out of memory, a power cut), first in the middle of a restore, then while
 * it waits for an approval. It is restarted from its file; the run knows where it was, the card is the same, and the
 * recovery ends.
 */
import assert from 'node:assert/strict';
import { replaced, strike } from '../support/control-plane';
import { docker } from '../support/docker';
import { EngineEvents } from '../support/engine-events';
import { approve, openCard, resultOf, until } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('Temporal server killed in mid-run', function () {
  this.timeout(150_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('in mid-restore and again with the gate open: the run goes on where it was', async () => {
    const { name } = await shandi.mark();
    const engine = await EngineEvents.watch();
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    const restore = await engine.first('start', madeBy(handle).restore);
    engine.stop();
    const slowed = docker.getContainer(restore.id);
    await slowed.update({ CpuPeriod: 100_000, CpuQuota: 2_000 });
    const first = strike('temporal', 'SIGKILL');
    assert.ok((await slowed.inspect()).State.Running, 'the restore was under way');
    await replaced('temporal', first);
    // Gone by now, if the step was begun again.
    await slowed.update({ CpuPeriod: 100_000, CpuQuota: 100_000 }).catch(() => undefined);

    const card = openCard(await until(handle, 'waiting-approval', 90_000));
    await replaced('temporal', strike('temporal', 'SIGKILL'));
    const after = await shandi.eventually('the run answers again', () => handle.query('run').catch(() => undefined));
    assert.equal((after as { state: string }).state, 'waiting-approval');
    assert.equal(openCard(await until(handle, 'waiting-approval')), card, 'the card is the one that was read before');
    await approve(handle, card);
    const { view } = await resultOf(handle);

    assert.equal(view.verdict, 'met');
    assert.ok((await shandi.marks()).includes(name));
    await shandi.clientWrites();
  });
});
