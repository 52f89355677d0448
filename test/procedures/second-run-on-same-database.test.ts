/**
 * Two people at two desks start the same recovery. The server refuses the second start: the id is the lock. Whoever was
 * refused can see who holds it and why, and may still ask, beside it, what a recovery could reach.
 */
import assert from 'node:assert/strict';
import { failureOf, openCard, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('second run on the same database', function () {
  this.timeout(90_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('is refused and told who holds the lock; a check may run beside; the lock is free again at the end', async () => {
    const first = await shandi.recover({
      target: { kind: 'latest' },
      reason: 'payments are gone',
      by: 'Primary On-Call',
    });
    const waiting = await until(first, 'waiting-approval');
    const card = openCard(waiting);

    await assert.rejects(shandi.recover({ target: { kind: 'latest' } }), (error: Error) => {
      assert.equal(error.name, 'WorkflowExecutionAlreadyStartedError');
      assert.match(error.message, /already started/i);
      return true;
    });
    // Under another id it would be no lock at all.
    const stray = await shandi.client.workflow.start('pointInTimeRecovery', {
      taskQueue: 'dr-control',
      workflowId: 'recover.database.shandi.again',
      args: [{ database: 'shandi', target: { kind: 'latest' }, reason: 'test', by: 'tester' }],
    });
    assert.match((await failureOf(stray)).message, /expected recover\.database\.shandi: the id is the lock/);

    // Who holds it: anyone can ask the run that has the id.
    const holder = await shandi.client.workflow.getHandle('recover.database.shandi').describe();
    assert.equal(holder.runId, first.firstExecutionRunId);
    assert.match(waiting.summary, /payments are gone \(Primary On-Call\)/);

    const check = await shandi.recover({ target: { kind: 'latest' }, mode: 'check' });
    assert.equal((await resultOf(check)).view.verdict, 'checked');

    await first.executeUpdate('reject', { args: [{ card, by: 'tester', reason: 'enough seen' }] });
    assert.equal((await failureOf(first)).code, 'DR-REJECTED');
    const next = await shandi.recover({ target: { kind: 'lsn', lsn: 'FF/0', stop: 'before' } });
    assert.equal((await failureOf(next)).code, 'DR-TARGET-UNREACHABLE', 'the lock was free');
  });
});
