import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { endStates, type RunView } from '../../workflows/contracts/run-view';
import { story } from './runs';
import { Shandi } from './shandi';

/**
 * Opens the Shandi for the tests of a file. After a test that failed the timelines of its runs are printed; runs that
 * are still open are aborted, so that the next test finds the lock free and the platform as it should be.
 */
export function useShandi(give: (shandi: Shandi) => void): void {
  let shandi: Shandi;
  let began = new Date();
  before(async () => give((shandi = await Shandi.open())));
  beforeEach(() => void (began = new Date()));
  afterEach(async function () {
    this.timeout(90_000);
    const failed = this.currentTest?.state === 'failed';
    if (failed) await tell(shandi.client, began);
    await endOpenRuns(shandi.client);
  });
  after(() => shandi.close());
}

async function tell(client: Client, since: Date): Promise<void> {
  for await (const run of client.workflow.list({ query: `StartTime >= "${since.toISOString()}"` })) {
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    const view = await handle.query<RunView>('run').catch(() => undefined);
    console.log(`      ${run.workflowId} (${run.status.name})\n${story(view).replace(/^/gm, '        ')}`);
  }
}

async function endOpenRuns(client: Client): Promise<void> {
  const word = { by: 'tester', reason: 'the test is over' };
  for await (const run of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    const view = await handle.query<RunView>('run').catch(() => undefined);
    if (view && endStates.has(view.state)) continue;
    // One that has no word for it is ended by force; one that has ended by then is what is wanted.
    await handle
      .executeUpdate('abort', { args: [word] })
      .catch(() => handle.terminate('the test is over').catch(() => undefined));
    await Promise.race([handle.result().catch(() => undefined), sleep(60_000, undefined, { ref: false })]);
  }
}
