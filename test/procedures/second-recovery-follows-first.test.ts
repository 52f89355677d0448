/**
 * The first recovery went to the wrong moment, or the next disaster comes an hour later. History has forked by then: there
 * are two timelines, and the same clock time may lie on both. Each target must be looked for on the right one.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { approve, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('a second recovery follows the first', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  const timeline = async (): Promise<number> =>
    parseInt(await shandi.sqlAsAdmin('SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)'), 16);

  it('on the new timeline, and back behind the fork on the old one: each has exactly its own rows', async () => {
    const old = await timeline();
    const shared = await shandi.mark();
    const undone = await shandi.mark();
    const first = await shandi.recover({ target: { kind: 'time', time: shared.at }, fullBackup: true });
    await approve(first);
    const { result } = await resultOf(first);
    assert.equal(await timeline(), old + 1);

    // The next disaster, after the fork; a second later, because pgBackRest notes the end of a backup in whole seconds.
    await sleep(1_100);
    const kept = await shandi.mark();
    const lost = await shandi.mark();
    const second = await shandi.recover({
      target: { kind: 'time', time: kept.at },
      backup: result['backup'] as string,
    });
    await approve(second);
    await resultOf(second);
    assert.equal(await timeline(), old + 2);
    const now = await shandi.marks();
    assert.deepEqual(
      [shared, undone, kept, lost].map((one) => now.includes(one.name)),
      [true, false, true, false],
    );

    // The first recovery took too much away: back to the old timeline, behind the fork, for what was undone.
    const third = await shandi.recover({ target: { kind: 'time', time: undone.at }, timeline: old, fullBackup: true });
    await approve(third);
    await resultOf(third);
    const then = await shandi.marks();
    assert.deepEqual(
      [shared, undone, kept, lost].map((one) => then.includes(one.name)),
      [true, true, false, false],
    );
    assert.ok((await timeline()) > old + 2, 'a new timeline of its own');
    await shandi.clientWrites();
  });
});
