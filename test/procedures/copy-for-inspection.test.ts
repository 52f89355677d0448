/**
 * One customer's rows are gone, the rest of the business runs: nobody wants to go back in time for that. Mode copy hands
 * out the database as it was, readable and cut off from everything, while the primary goes on; a keeper takes it away
 * when its time is over or someone says so.
 */
import assert from 'node:assert/strict';
import { docker } from '../support/docker';
import { failureOf, resultOf } from '../support/runs';
import { madeBy, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RunView } from '../../workflows/contracts/run-view';

describe('copy for inspection', function () {
  this.timeout(90_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('is readable and isolated, the primary is not touched; its keeper removes it when told to', async () => {
    const then = await shandi.mark();
    const later = await shandi.mark();
    const before = await shandi.footprint();
    const handle = await shandi.recover({ mode: 'copy', target: { kind: 'time', time: then.at } });
    const { view, result } = await resultOf(handle);

    assert.equal(view.verdict, 'copied');
    const { read, keeper } = result as { read: string; keeper: string };
    const { copy } = madeBy(handle);
    assert.equal(read, `docker exec -u postgres ${copy} psql theshandi_db`);
    const marks = await shandi.marks(copy);
    assert.ok(marks.includes(then.name) && !marks.includes(later.name));
    assert.ok((await shandi.marks()).includes(later.name), 'the primary has both');
    const { HostConfig, NetworkSettings } = await docker.getContainer(copy).inspect();
    assert.equal(HostConfig.NetworkMode, 'none');
    assert.deepEqual(
      Object.keys(NetworkSettings.Networks).filter((name) => name !== 'none'),
      [],
    );

    const keeping = shandi.client.workflow.getHandle(keeper);
    assert.equal((await keeping.describe()).status.name, 'RUNNING');
    await shandi.eventually('the keeper listens', () => keeping.query<RunView>('run').catch(() => undefined));
    await keeping.executeUpdate('abort', { args: [{ by: 'tester', reason: 'the rows are found' }] });
    assert.equal((await failureOf(keeping)).code, 'DR-ABORTED');
    assert.deepEqual(await shandi.footprint(), before);
    await shandi.clientWrites();
  });
});
