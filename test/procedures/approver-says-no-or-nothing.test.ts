/**
 * The copy stands ready and the decision is a person's: who says no, or is not there to say anything. Either way the
 * platform is as it was, to the container, and of the copy nothing is left.
 */
import assert from 'node:assert/strict';
import { failureOf, openCard, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('the approver says no, or nothing', function () {
  this.timeout(90_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('rejected: the copy is removed and the platform is as it was', async () => {
    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    const card = openCard(await until(handle, 'waiting-approval'));
    assert.notDeepEqual(await shandi.leftovers(), before['leftovers'], 'there is a copy to remove');
    await handle.executeUpdate('reject', { args: [{ card, by: 'Management', reason: 'the loss is too high' }] });
    const failure = await failureOf(handle);

    assert.equal(failure.code, 'DR-REJECTED');
    assert.match(failure.message, /rejected by Management: the loss is too high/);
    assert.deepEqual(await shandi.footprint(), before);
    await shandi.clientWrites();
  });

  it('nobody answers: the gate expires, and the platform is as it was', async () => {
    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' }, approvalTimeoutMs: 700 });
    const failure = await failureOf(handle);

    assert.equal(failure.code, 'DR-APPROVAL-EXPIRED');
    assert.match(failure.message, /nobody answered gate cut-over within 700 ms/);
    assert.deepEqual(await shandi.footprint(), before);
    await shandi.clientWrites();
  });
});
