/** The checklist of an incident: ticked by people and by what a recovery reaches, with the time of each phase watched. */
import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Plan } from '../../plan';
import { checklistQuery, type ChecklistView } from '../../workflows/contracts/checklist';
import { runQuery } from '../../workflows/contracts/messages';
import { controlQueue } from '../../workflows/contracts/names';
import { headline } from '../../workflows/contracts/words';
import { renderDetails } from '../../workflows/kernel/details';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { usePlan } from '../support/people-plan';
import { failureOf, resultOf, seen, until } from '../support/runs';
import { drHere } from '../unit/cli/dr';

const by = 'DevOps Team';

describe('the checklist of an incident', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const begin = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('recoveryChecklist', {
      taskQueue: controlQueue,
      workflowId: 'checklist.inc-1',
      args: [{ incident: 'inc-1', reason: 'test', by: 'tester', ...input }],
    });
  const begun = async (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> => {
    const handle = await begin(input);
    await seen(handle, (view) => view.task !== undefined);
    return handle;
  };
  const say = (handle: WorkflowHandleWithFirstExecutionRunId, name: string, message: object): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const refused = (act: Promise<unknown>, why: RegExp): Promise<void> =>
    assert.rejects(act, (error: Error) => why.test(String(error.cause)));
  const item = (view: ChecklistView, number: string): ChecklistView['phases'][number]['items'][number] | undefined =>
    view.phases.flatMap((one) => one.items).find((one) => one.number === number);

  it('is ticked by number and by text, and unticked, by whom and when; what makes no sense is refused with a sentence', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await begun();
      await say(handle, 'tick', { item: '1.2', by, note: 'by phone' });
      await say(handle, 'tick', { item: 'update STATUS', by });
      const view = await handle.query(checklistQuery);
      assert.deepEqual([view.done, view.total], [2, 16]);
      const { at, ...rest } = item(view, '1.2') ?? {};
      assert.match(at ?? '', /^20\d\d-/);
      assert.deepEqual(rest, {
        number: '1.2',
        text: 'Notify emergency contacts',
        state: 'done',
        milestone: 'notified',
        by,
        note: 'by phone',
      });
      await refused(say(handle, 'tick', { item: '1.2', by }), /ticked already by DevOps Team at/);
      await refused(say(handle, 'tick', { item: 'recovery', by }), /it fits 1\.4 Begin recovery procedures, 3\.4/);
      await refused(
        say(handle, 'tick', { item: '9.9', by }),
        /no such item; expected a number or a text of 1\.1 Detect/,
      );
      await refused(say(handle, 'tick', { item: '1.1' }), /by of the message "tick" is nothing/);
      await refused(say(handle, 'untick', { item: '1.1', by }), /1\.1 "Detect and assess incident" is not ticked/);
      await handle.signal('tick', { item: 'nothing like it', by });
      await say(handle, 'untick', { item: '1.3', by });
      const { timeline, waitingFor } = await handle.query(runQuery);
      assert.match(JSON.stringify(timeline), /signal \\"tick\\" refused: item is \\"nothing like it\\"/);
      assert.match(waitingFor ?? '', /15 of 16 items; next is 1\.1/);
      const details = renderDetails(await handle.query(runQuery));
      assert.match(details, /- 1\.2 Notify emergency contacts: done by DevOps Team at .*: by phone/);
      assert.match(details, /\.\/dr tick inc-1 1\.1 --by/);
      await say(handle, 'close', { by, reason: 'a false alarm' });
      const report = await resultOf(handle);
      assert.match(headline(report.view).sentence, /closed by DevOps Team: a false alarm; 1 of 16 ticked/);
    });
  });

  it('a milestone that was reached before anybody listened ticks its items, and not those that a person ticked', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await begin();
      await handle.signal('milestone', { name: 'database-serves', by: 'recovery', evidence: 'a write came back' });
      await handle.signal('milestone', { name: 'database-serves', by: 'recovery again' });
      await handle.signal('milestone', { name: 'all-is-well', by: 'recovery' });
      await seen(handle, ({ timeline }) => timeline.some(({ text }) => /signal "milestone" refused/.test(text)));
      const view = await handle.query(checklistQuery);
      assert.equal(view.done, 1);
      const { by: who, note } = item(view, '2.2') ?? {};
      assert.deepEqual([who, note], ['recovery', 'a write came back']);
      const { timeline } = await handle.query(runQuery);
      assert.match(JSON.stringify(timeline), /recovery again: nothing of it was open/);
      assert.match(JSON.stringify(timeline), /expected assessed, notified/);
      await say(handle, 'close', { by, reason: 'test' });
      await resultOf(handle);
    });
  });

  it('ends when all is ticked, with who ticked what', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await begun();
      for (const { number } of (await handle.query(checklistQuery)).phases.flatMap((one) => one.items))
        await say(handle, 'tick', { item: number, by });
      const report = await resultOf(handle);
      assert.equal((report.result['checklist'] as ChecklistView).done, 16);
      assert.match(headline(report.view).sentence, /all is ticked; 16 of 16 ticked/);
      assert.equal(report.view.facts.length, 5, 'four phases and the outcome');
    });
  });

  it('a phase whose time is over is said once, with what of it is open; one that is all ticked is not', async () => {
    const quick = (plan: Plan): Plan => ({
      ...plan,
      checklist: [
        { phase: 'one', title: 'One', from: 0, to: 1_500, items: ['first thing'] },
        { phase: 'two', title: 'Two', from: 0, to: 2_000, items: ['second thing', 'third thing'] },
        { phase: 'three', title: 'Three', from: 0, items: ['last thing'] },
      ],
    });
    const restore = await usePlan(quick);
    try {
      await house.with(new FakeSite(), async () => {
        const handle = await begun();
        await say(handle, 'tick', { item: 'first thing', by });
        const view = await seen(handle, ({ timeline }) => timeline.some(({ kind }) => kind === 'clock'));
        const said = view.timeline.filter(({ kind }) => kind === 'clock').map(({ text }) => text);
        assert.deepEqual(said, ['phase "Two" is over its time: open are 2.1 "second thing", 2.2 "third thing"']);
        assert.match(JSON.stringify(view.facts), /2\.1 second thing","value":"open, OVERDUE/);
        assert.equal((await handle.query(checklistQuery)).phases[1]?.overdue, true);
        await say(handle, 'close', { by, reason: 'test' });
        await resultOf(handle);
      });
    } finally {
      restore();
    }
  });

  it('counts from when the incident was detected: what is late already is said at once', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await begun({ detectedAt: new Date(Date.now() - 20 * 60_000).toISOString() });
      const view = await seen(handle, ({ timeline }) => timeline.some(({ kind }) => kind === 'clock'));
      assert.match(JSON.stringify(view.timeline), /phase \\"Immediate response\\" is over its time/);
      assert.doesNotMatch(JSON.stringify(view.timeline), /phase \\"Critical recovery\\" is over/);
      await handle.executeUpdate('abort', { args: [{ by, reason: 'test' }] });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    });
  });

  it('is begun, shown, ticked and closed from the command line', async () => {
    const dr = async (...args: string[]): Promise<{ status: number | null; out: string; err: string }> =>
      drHere([...args, '--address', house.env.address, '--by', by]);
    await house.with(new FakeSite(), async () => {
      const started = await dr('checklist', 'inc-1', '--start', '--reason', 'orders are refused');
      assert.equal(started.status, 0, started.err);
      await seen(house.client.workflow.getHandle('checklist.inc-1'), (view) => view.task !== undefined);
      const ticked = await dr('tick', 'inc-1', 'status page', '--note', 'posted');
      assert.match(ticked.out, /checklist\.inc-1: tick taken at/);
      const again = await dr('tick', 'checklist.inc-1', '1.3');
      assert.equal(again.status, 3);
      assert.match(again.err, /refused tick: item 1\.3 "Update status page" was ticked already by DevOps Team/);
      const shown = await dr('checklist', 'inc-1');
      assert.match(shown.out, /1 of 16 ticked[^]*\[x\] 1\.3 Update status page {2}DevOps Team, .*: posted/);
      const show = await drHere(['show', 'checklist.inc-1', '--address', house.env.address]);
      assert.match(show.out, /Waits for: people to tick off 15 of 16 items[^]*\.\/dr tick inc-1 1\.1/);
      assert.equal((await dr('checklist', 'inc-1', '--close', '--reason', 'test')).status, 0);
      await house.client.workflow.getHandle('checklist.inc-1').result();
      const gone = await dr('tick', 'inc-1', '1.1');
      assert.match(gone.err, /checklist\.inc-1 is not under way[^]*--start/);
    });
  });

  it('one incident has one checklist; bad input is refused with a sentence', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await begun();
      await assert.rejects(begin(), /already started/i);
      await say(handle, 'close', { by, reason: 'test' });
      await resultOf(handle);
      const failure = await failureOf(await begin({ detectedAt: 'yesterday' }));
      assert.match(failure.message, /detectedAt of the input of recoveryChecklist is "yesterday"/);
    });
    await house.with(new FakeSite(), async () => until(await begin(), 'running'));
  });
});
