/**
 * "Just before the bad transaction" is the whole point of point-in-time recovery, and off by one is off by a disaster.
 * Two rows are committed one after the other, and every kind of target is asked for each side of the second.
 */
import assert from 'node:assert/strict';
import { failureOf, openCard, until } from '../support/runs';
import { madeBy, type Mark, type Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RecoveryTarget } from '../../workflows/contracts/pitr';

describe('targets', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  let good: Mark;
  let bad: Mark;
  const point = `before-release-${Date.now()}`;

  before(async () => {
    good = await shandi.mark();
    await shandi.sqlAsAdmin(`SELECT pg_create_restore_point('${point}')`);
    bad = await shandi.mark();
    await shandi.mark();
  });

  it('time, transaction, LSN, restore point, latest: each stops on the right side of the bad transaction', async () => {
    const wanted: [string, RecoveryTarget, boolean][] = [
      ['just before its commit', { kind: 'xid', xid: bad.xid, stop: 'before' }, false],
      ['just after its commit', { kind: 'xid', xid: bad.xid, stop: 'after' }, true],
      ['at the moment after the good one', { kind: 'time', time: good.at }, false],
      ['at the moment after it', { kind: 'time', time: bad.at }, true],
      ['before the LSN behind the good one', { kind: 'lsn', lsn: good.lsn, stop: 'before' }, false],
      ['before the LSN behind it', { kind: 'lsn', lsn: bad.lsn, stop: 'before' }, true],
      ['at the restore point', { kind: 'name', name: point }, false],
      ['everything', { kind: 'latest' }, true],
    ];
    // One run: at its gate another target is chosen, again and again.
    const [first, ...others] = wanted;
    assert.ok(first);
    const handle = await shandi.recover({ target: first[1] });
    let gates = 0;
    const check = async ([what, , has]: (typeof wanted)[number]): Promise<void> => {
      gates += 1;
      await shandi.eventually(`gate ${gates}`, async () =>
        (await until(handle, 'waiting-approval')).gates.length >= gates ? true : undefined,
      );
      const marks = await shandi.marks(madeBy(handle).copy);
      assert.ok(marks.includes(good.name), `${what}: the good row is there`);
      assert.equal(marks.includes(bad.name), has, `${what}: the bad row ${has ? 'is' : 'is not'} there`);
    };
    await check(first);
    for (const one of others) {
      await handle.executeUpdate('retarget', { args: [{ target: one[1], by: 'tester', reason: one[0] }] });
      await check(one);
    }
    const card = openCard(await until(handle, 'waiting-approval'));
    await handle.executeUpdate('reject', { args: [{ card, by: 'tester', reason: 'enough seen' }] });
    assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
    await shandi.clientWrites();
  });
});
