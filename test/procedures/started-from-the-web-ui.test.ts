/**
 * The one person awake has a browser and nothing else. They fill in "Start Workflow", read the card in the run's current
 * details, and send the signal `approve`. That is all it takes.
 */
import assert from 'node:assert/strict';
import { controlQueue } from '../../workflows/contracts/names';
import { openCard, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import { payloads, webUi } from '../support/web-ui';

describe('started and approved from the Web UI', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  it('start, read the card, approve by signal: recovered', async () => {
    const workflowId = 'recover.database.shandi';
    const input = {
      database: 'shandi',
      target: { kind: 'latest' },
      reason: 'started in the browser',
      by: 'on-call',
      fullBackup: false,
      rebuildStandbys: false,
    };
    await webUi(shandi, workflowId, '', {
      workflowType: { name: 'pointInTimeRecovery' },
      taskQueue: { name: controlQueue },
      input: payloads(input),
    });
    const handle = shandi.client.workflow.getHandle(workflowId);
    const card = openCard(await until(handle, 'waiting-approval'));
    const details = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    assert.match(details.currentDetails ?? '', new RegExp(`Card \`${card}\``));
    await webUi(shandi, workflowId, '/signal/approve', {
      input: payloads({ card, by: 'on-call', reason: 'read in the browser' }),
    });
    const { view } = await resultOf(handle);
    assert.equal(view.verdict, 'met');
    assert.equal(view.approvals[0]?.reason, 'read in the browser');
  });
});
