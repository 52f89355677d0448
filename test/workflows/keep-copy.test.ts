/**
 * A copy that was handed out for inspection is forgotten by everybody but its keeper. When its time is over it goes, and only
 * then; a keeper whose removal fails says so instead of losing it.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { headline } from '../../workflows/contracts/words';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, resultOf, until } from '../support/runs';

const key = '1ea3d016';

describe('keeper of a copy', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const keep = (end: string): Promise<WorkflowHandle> =>
    house.client.workflow.start('keepCopy', {
      taskQueue: controlQueue,
      workflowId: `keep.database.shandi.${key}`,
      args: [{ database: 'shandi', key, until: end }],
    });

  it('its time is over: the copy is removed, not before, and the run completes', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const end = inMs(1_500);
      const handle = await keep(end);
      const view = await until(handle, 'running');
      assert.equal(view.procedure, 'keepCopy');
      assert.equal(site.count('removeCopy'), 0);
      const report = await resultOf(handle);
      assert.deepEqual(report.result, { removed: key });
      assert.equal(report.view.state, 'completed');
      assert.equal(site.count('removeCopy'), 1);
      assert.equal(site.given.get('removeCopy')?.[0]?.['key'], key);
      assert.deepEqual(
        report.view.steps.filter((one) => one.kind === 'change').map((one) => [one.title, one.state, one.undo]),
        [
          ['Keep the copy', 'done', 'dropped'],
          ['Remove the copy and its volume', 'done', undefined],
        ],
      );
      assert.ok((report.view.endedAt ?? '') >= end, 'it was kept until then');
      assert.match(headline(report.view).sentence, /keeping of a copy/);
    });
  });

  it('its time was over before it began: removed at once', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      assert.deepEqual((await resultOf(await keep(inMs(-60_000)))).result, { removed: key });
      assert.equal(site.count('removeCopy'), 1);
    });
  });

  it('its time is over and the removal fails: held, and done after retry', async () => {
    const site = new FakeSite();
    site.fail('removeCopy', 'DR-NOT-OURS', 'volume is used by container psql');
    await house.with(site, async () => {
      const handle = await keep(inMs(100));
      const held = await until(handle, 'held');
      assert.equal(held.hold?.title, 'Remove the copy and its volume');
      await handle.executeUpdate('resolve', { args: [{ action: 'retry', by: 'tester', reason: 'psql is closed' }] });
      assert.deepEqual((await resultOf(handle)).result, { removed: key });
      assert.equal(site.count('removeCopy'), 2);
    });
  });

  it('told to end early: the copy goes at once', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await keep(inMs(600_000));
      await until(handle, 'running');
      await handle.executeUpdate('abort', { args: [{ by: 'tester', reason: 'the table is back' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('removeCopy'), 1);
    });
  });
});
