/**
 * Someone who does not know the commands opens Temporal's Web UI and clicks "Request cancellation": once while the run
 * waits for an approval, once in the worst moment, with the clients already held. The request is the very one the page
 * sends. The run goes back the way it came, and the platform serves writes again.
 */
import assert from 'node:assert/strict';
import { Client as Postgres } from 'pg';
import { connection, readEnv } from '../../platform/lifecycle';
import { project } from '../support/names';
import { approve, failureOf, openCard, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import { webUi } from '../support/web-ui';
import type { RunView } from '../../workflows/contracts/run-view';

describe('cancelled from the Web UI', function () {
  this.timeout(90_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const clickCancel = (workflowId: string): Promise<void> =>
    webUi(shandi, workflowId, '/cancel', { requestId: 'the-page', reason: 'Cancelled from the Web UI' });

  it('while it waits for an approval: undone, and Temporal says Cancelled', async () => {
    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    await until(handle, 'waiting-approval');
    await clickCancel(handle.workflowId);
    assert.equal((await failureOf(handle)).code, 'CancelledFailure');
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
    assert.deepEqual(await shandi.footprint(), before);
    await shandi.clientWrites();
  });

  it('in mid-cut-over, clients held: undone, clients are let in, the same server serves writes', async () => {
    const before = await shandi.footprint();
    // A transaction that does not end: the pooler waits for it, and holds everybody else meanwhile.
    const lingering = new Postgres(connection(await readEnv(project), 'PGBOUNCER_PORT'));
    lingering.on('error', () => undefined);
    await lingering.connect();
    await lingering.query('BEGIN');
    await lingering.query('SELECT count(*) FROM dr_heartbeat');
    try {
      const handle = await shandi.recover({ target: { kind: 'latest' } });
      await approve(handle, openCard(await until(handle, 'waiting-approval')));
      await shandi.eventually('the clients are being held', async () => {
        const view = await handle.query<RunView>('run');
        return view.steps.find((one) => one.title === 'Pause the clients');
      });
      // The step is on the timeline before the pooler has obeyed, so a write or two may still get through.
      await shandi.eventually('a client waits in vain', () =>
        shandi.clientWrites().then(
          () => undefined,
          () => true,
        ),
      );
      await clickCancel(handle.workflowId);
      assert.equal((await failureOf(handle)).code, 'CancelledFailure');
      assert.equal((await handle.describe()).status.name, 'CANCELLED');
      const view = await handle.query<RunView>('run');
      const undone = view.steps.filter((one) => one.kind === 'undo');
      assert.ok(undone.some((one) => one.title === 'Let the clients in again' && one.state === 'done'));
      assert.deepEqual(await shandi.footprint(), before);
      await shandi.clientWrites();
    } finally {
      await lingering.end().catch(() => undefined);
    }
  });
});
