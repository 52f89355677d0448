import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { searchAttributes } from '../../workflows/contracts/names';
import type { RunView } from '../../workflows/contracts/run-view';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

/** A run that the kernel must never let go wrong, whatever people and machines do meanwhile. */
describe('kernel: what a run does with people, failures and time', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const word = { by: 'tester', reason: 'test' };

  it('recovers, with an approval, in the order of the runbook', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      const order = [
        'pauseClients',
        'fenceServer',
        'proveFence',
        'promoteCopy',
        'useDataVolume',
        'startServer',
        'directWrite',
        'repointClients',
        'resumeClients',
        'clientWrite',
        'archiveCheck',
      ];
      const places = order.map((name) => site.calls.indexOf(name));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
        site.calls.join(' '),
      );
      assert.ok(site.approvals.every((one) => one.runId === handle.firstExecutionRunId));
      const { typedSearchAttributes } = await handle.describe();
      assert.equal(typedSearchAttributes.get(searchAttributes.verdict), 'met');
      assert.equal(typedSearchAttributes.get(searchAttributes.state), 'completed');
      assert.equal(typedSearchAttributes.get(searchAttributes.tier), 'P1');
    });
  });

  it('facts drift after the approval: the approval is void and the gate opens again with another card', async () => {
    const site = new FakeSite();
    site.delays.set('measureLoss', 150);
    await house.with(site, async () => {
      const handle = await house.recover();
      const first = openCard(await until(handle, 'waiting-approval'));
      site.loss = { transactions: 1_000_000 };
      await approve(handle, first);
      let view = await until(handle, 'waiting-approval');
      while (view.gates.length < 2) view = await until(handle, 'waiting-approval');
      assert.equal(view.gates[0]?.state, 'void');
      assert.match(view.gates[0]?.voided ?? '', /20 transactions, is now 1 000 000 transactions/);
      assert.equal(site.count('pauseClients'), 0);
      assert.notEqual(openCard(view), first);
      await assert.rejects(say(handle, 'approve', { card: first, ...word }), (error: Error) =>
        /is not the open one/.test(String(error.cause)),
      );
      await approve(handle, openCard(view));
      assert.equal((await resultOf(handle)).view.verdict, 'met');
    });
  });

  it('a step fails: the run is held, and goes on after retry', async () => {
    const site = new FakeSite();
    site.fail('restoreCopy', 'DR-BACKUP-CORRUPT', 'file base/5/1 of backup x does not match its checksum');
    await house.with(site, async () => {
      const handle = await house.recover();
      const held = await until(handle, 'held');
      assert.equal(held.hold?.problem.code, 'DR-BACKUP-CORRUPT');
      assert.deepEqual(held.hold?.choices, ['retry', 'abort']);
      await assert.rejects(say(handle, 'resolve', { action: 'skip', ...word }), (error: Error) =>
        /cannot be skipped/.test(String(error.cause)),
      );
      await say(handle, 'resolve', { action: 'retry', ...word });
      await approve(handle);
      assert.equal((await resultOf(handle)).view.verdict, 'met');
    });
  });

  it('a step after the recovery fails and is skipped: on record, and the verdict stays', async () => {
    const site = new FakeSite();
    site.fail('fullBackup', 'DR-BACKUP-FAILED', 'the repository is full');
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'skip', ...word });
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      assert.equal(report.view.steps.find((one) => /full backup/.test(one.title))?.state, 'skipped');
      assert.match(String(report.result['exposure']), /No full backup/);
    });
  });

  it('abort in the middle of the cut-over: every change is undone, newest first', async () => {
    const site = new FakeSite();
    site.fail('promoteCopy', 'DR-PROMOTE', 'still in recovery');
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'abort', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      const tail = site.calls.slice(site.calls.indexOf('promoteCopy') + 1);
      assert.deepEqual(tail, ['unfenceServer', 'resumeClients', 'removeCopy', 'closeToolbox']);
    });
  });

  it('abort with the copy in place: the begun timeline is taken from the archive, then from the standbys, after the clients are in', async () => {
    const site = new FakeSite();
    site.fail('directWrite', 'DR-SQL', 'the heartbeat table is not there');
    site.damaged = { standbys: [{ name: 'postgres-standby', state: 'streaming', replayLsn: '0/6000000' }] };
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'abort', ...word });
      await failureOf(handle);
      const tail = site.calls.slice(site.calls.indexOf('directWrite')).filter((one) => !/directWrite|pushH/.test(one));
      assert.deepEqual(tail, [
        'useDataVolume',
        'startServer',
        'unfenceServer',
        'resumeClients',
        'openToolbox',
        'dropTimeline',
        'forgetTimeline',
        'removeCopy',
        'closeToolbox',
      ]);
      for (const activity of ['dropTimeline', 'forgetTimeline']) {
        const given = site.given.get(activity)?.[0];
        assert.equal(given?.['timeline'], 2);
        assert.match(String(given?.['history']), /before transaction 900/);
      }
      assert.equal(site.given.get('forgetTimeline')?.[0]?.['mustStream'], true);
      assert.deepEqual(site.given.get('unfenceServer')?.[0]?.['networks'], ['shandi']);
    });
  });

  it('an undo that fails is held; after a skip each further undo asks first', async () => {
    const site = new FakeSite();
    site.fail('promoteCopy', 'DR-PROMOTE', 'still in recovery');
    site.fail('unfenceServer', 'DR-ENGINE', 'the engine refuses', 2);
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      const held = async (title: RegExp): Promise<RunView> => {
        let view = await until(handle, 'held');
        while (!title.test(view.hold?.title ?? '')) view = await until(handle, 'held');
        return view;
      };
      await held(/Promote/);
      await say(handle, 'resolve', { action: 'abort', ...word });
      const view = await held(/Start the damaged server again/);
      assert.deepEqual(view.hold?.choices, ['retry', 'skip']);
      await say(handle, 'resolve', { action: 'retry', ...word });
      while (site.count('unfenceServer') < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      await held(/Start the damaged server again/);
      await assert.rejects(say(handle, 'resolve', { action: 'skip', step: 1, ...word }), (error: Error) =>
        /step 1 is not the one that is held/.test(String(error.cause)),
      );
      await say(handle, 'resolve', { action: 'skip', ...word });
      const asked = await held(/Let the clients in again/);
      assert.equal(asked.hold?.problem.code, 'DR-UNDO');
      assert.equal(site.count('resumeClients'), 0, 'clients are not let in to a server nobody vouched for');
      await say(handle, 'resolve', { action: 'skip', ...word });
      await held(/Remove the copy/);
      await say(handle, 'resolve', { action: 'retry', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      const end = await handle.query<RunView>('run');
      assert.equal(end.steps.find((one) => /damaged server again/.test(one.title))?.state, 'skipped');
      assert.ok(end.problems.some((one) => /undo "Start the damaged server again" was not done/.test(one.message)));
      assert.equal(site.count('removeCopy'), 1);
    });
  });

  it('an abort while the way back is held is refused with a sentence, and does not change how the run ended', async () => {
    for (const end of ['expired', 'cancelled'] as const) {
      const site = new FakeSite();
      site.fail('removeCopy', 'DR-ENGINE', 'the engine refuses');
      await house.with(site, async () => {
        const handle = await house.recover(end === 'expired' ? { approvalTimeoutMs: 100 } : {});
        if (end === 'cancelled') {
          await until(handle, 'waiting-approval');
          await handle.cancel();
        }
        await until(handle, 'held');
        for (const late of ['abort', 'pause'])
          await assert.rejects(say(handle, late, word), (error: Error) =>
            /the run is ending already: .*; it is held at "Remove the copy and its volume", which `resolve` retries or skips/.test(
              String(error.cause),
            ),
          );
        await say(handle, 'resolve', { action: 'retry', ...word });
        assert.equal((await failureOf(handle)).code, end === 'expired' ? 'DR-APPROVAL-EXPIRED' : 'CancelledFailure');
        assert.equal((await handle.query<RunView>('run')).state, end);
      });
    }
  });

  it('a change says what became of its undo: done, left undone by a person, or given up', async () => {
    const undos = (view: RunView): Record<string, string | undefined> =>
      Object.fromEntries(view.steps.filter((one) => one.undo).map((one) => [one.title, one.undo]));
    const site = new FakeSite();
    site.fail('promoteCopy', 'DR-PROMOTE', 'still in recovery');
    site.fail('removeCopy', 'DR-ENGINE', 'the engine refuses');
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      const before = undos(await until(handle, 'held'));
      assert.deepEqual(new Set(Object.values(before)), new Set(['open']));
      await say(handle, 'resolve', { action: 'abort', ...word });
      let view = await until(handle, 'held');
      while (!/Remove the copy/.test(view.hold?.title ?? '')) view = await until(handle, 'held');
      await say(handle, 'resolve', { action: 'skip', ...word });
      await failureOf(handle);
      assert.deepEqual(undos(await handle.query<RunView>('run')), {
        'Restore backup 20261122-160000F into a volume of its own': 'failed',
        'Pause the clients': 'done',
        'Fence the damaged server and prove it': 'done',
      });
      const recovered = await house.recover();
      await approve(recovered);
      const { steps } = (await resultOf(recovered)).view;
      assert.equal(steps.find((one) => one.title === 'Pause the clients')?.undo, 'dropped');
    });
  });

  it('tables that were locked: amcheck that could not look is not called clean, and damage seen then holds the run', async () => {
    const site = new FakeSite();
    const amcheck = { ok: true, checked: false, relations: 0, skipped: [], findings: [], durationMs: 0 };
    site.inspection = { tables: [{ table: 'payments', now: null, after: null, locked: true }], amcheck };
    site.promotedInspection = { tables: [{ table: 'payments', now: null, after: 7 }], amcheck, checksumFailures: 3 };
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      const held = await until(handle, 'held');
      assert.equal(held.hold?.problem.code, 'DR-CORRUPT');
      assert.match(held.hold?.problem.message ?? '', /3 page checksum failures/);
      site.promotedInspection.checksumFailures = 0;
      await say(handle, 'resolve', { action: 'retry', ...word });
      const { view } = await resultOf(handle);
      const step = view.steps.find((one) => one.title.startsWith('Inspect the tables that were locked'));
      assert.match(step?.outcome ?? '', /^amcheck did not look.*; payments 7 rows$/);
    });
  });

  it('two steps that fail at once are held one after the other, each with its own answer', async () => {
    const site = new FakeSite();
    site.fail('fullBackup', 'DR-BACKUP-FAILED', 'the engine is away');
    site.fail('rebuildStandby', 'DR-STANDBY', 'the engine is away');
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      const first = await until(handle, 'held');
      const step = first.hold?.step ?? 0;
      await say(handle, 'resolve', { action: 'skip', step, ...word });
      let second = await until(handle, 'held');
      while (second.hold?.step === step) second = await until(handle, 'held');
      await say(handle, 'resolve', { action: 'retry', step: second.hold?.step, ...word });
      const { view } = await resultOf(handle);
      const states = view.steps.filter((one) => /full backup|Rebuild/.test(one.title)).map((one) => one.state);
      assert.deepEqual(states.sort(), ['done', 'skipped']);
    });
  });

  it('aborted after the clients were let in: what was done stays, and the report says so', async () => {
    const site = new FakeSite();
    site.fail('fullBackup', 'DR-BACKUP-FAILED', 'the repository is full');
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'abort', ...word });
      await failureOf(handle);
      const view = await handle.query<RunView>('run');
      assert.equal(view.verdict, 'met');
      assert.match(view.problems.find((one) => one.code === 'DR-ABORTED')?.next ?? '', /What was done stays/);
      for (const name of ['unfenceServer', 'removeCopy']) assert.equal(site.count(name), 0, name);
    });
  });

  it('more is lost at the last measurement than was approved: held, and a person accepts it by name', async () => {
    const site = new FakeSite();
    site.delays.set('pauseClients', 400);
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      while (site.count('pauseClients') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      site.loss = { transactions: 5_000_000 };
      const view = await until(handle, 'held');
      assert.equal(view.hold?.problem.code, 'DR-DRIFTED');
      await say(handle, 'resolve', { action: 'skip', ...word });
      assert.equal((await resultOf(handle)).view.verdict, 'met');
    });
  });

  it('the loss cannot be measured: recovered in time, but not called met', async () => {
    const site = new FakeSite();
    site.damaged = { answered: false };
    site.loss = { windowMs: null, transactions: null, lsnBytes: null, damagedLsn: null };
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      assert.equal((await resultOf(handle)).view.verdict, 'unproven');
    });
  });

  it('abort while a step is under way: it is cancelled first, then undone', async () => {
    const site = new FakeSite();
    site.delays.set('restoreCopy', 1500);
    await house.with(site, async () => {
      const handle = await house.recover();
      await until(handle, 'running');
      while (site.count('restoreCopy') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await say(handle, 'abort', word);
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('removeCopy'), 1);
      assert.equal(site.count('startCopy'), 0);
    });
  });

  it('cancelled, as the Web UI does it: undone, and Temporal says cancelled', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      await until(handle, 'waiting-approval');
      await handle.cancel();
      assert.equal((await failureOf(handle)).code, 'CancelledFailure');
      assert.equal((await handle.describe()).status.name, 'CANCELLED');
      assert.equal(site.count('removeCopy'), 1);
      assert.equal(site.count('pauseClients'), 0);
    });
  });

  it('nobody answers: the gate expires and the run is undone', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover({ approvalTimeoutMs: 300 });
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-APPROVAL-EXPIRED');
      assert.equal(site.count('removeCopy'), 1);
      assert.equal(site.count('fenceServer'), 0);
    });
  });

  it('rejected by signal, as from the Web UI; wrong signals before it are refused on the timeline', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      const card = openCard(await until(handle, 'waiting-approval'));
      for (const bad of [undefined, 'yes', 7, [], { card }, { card: 'beef', ...word }, { card, ...word, extra: 1 }]) {
        await handle.signal('approve', bad);
      }
      await handle.signal('reject', { card, ...word });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      const view = (await handle.query('run')) as { timeline: { kind: string; text: string }[] };
      assert.equal(view.timeline.filter((one) => one.kind === 'refused').length, 7);
      assert.equal(site.count('fenceServer'), 0);
    });
  });

  it('another target is chosen at the gate: restored again, with a new card', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      await until(handle, 'waiting-approval');
      await assert.rejects(say(handle, 'retarget', { target: { kind: 'lsn', lsn: 'zz' }, ...word }), (error: Error) =>
        /expected a PostgreSQL LSN/.test(String(error.cause)),
      );
      await say(handle, 'retarget', { target: { kind: 'lsn', lsn: '0/5000000' }, ...word });
      let view = await until(handle, 'waiting-approval');
      while (view.gates.length < 2) view = await until(handle, 'waiting-approval');
      assert.match(view.gates[1]?.card.title ?? '', /just before LSN 0\/5000000/);
      assert.equal(site.count('restoreCopy'), 2);
      site.coverage = {
        reachable: false,
        refusals: [{ code: 'DR-TARGET-UNREACHABLE', message: 'the archive ends earlier', next: '' }],
      };
      await say(handle, 'retarget', { target: { kind: 'lsn', lsn: 'F/5000000' }, ...word });
      do view = await until(handle, 'waiting-approval');
      while (view.gates.length < 3);
      assert.equal(site.count('restoreCopy'), 2, 'the copy at the former target still stands');
      await approve(handle);
      assert.equal((await resultOf(handle)).view.verdict, 'met');
    });
  });

  it('pause and resume between steps; the wait counts as human time', async () => {
    const site = new FakeSite();
    site.delays.set('restoreCopy', 300);
    await house.with(site, async () => {
      const handle = await house.recover();
      await say(handle, 'pause', word);
      await until(handle, 'paused');
      await assert.rejects(say(handle, 'pause', word), (error: Error) => /paused already/.test(String(error.cause)));
      await new Promise((resolve) => setTimeout(resolve, 400));
      await say(handle, 'resume', word);
      await approve(handle);
      const { objectives } = (await resultOf(handle)).view;
      assert.ok((objectives?.human ?? 0) >= 400, `human time ${objectives?.human}`);
      assert.equal((objectives?.machine ?? 0) + (objectives?.human ?? 0), objectives?.elapsed);
    });
  });

  it('a reset does not approve again: the old approval belongs to another run', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      await approve(handle);
      await resultOf(handle);
      const history = await handle.fetchHistory();
      const events = history.events ?? [];
      const opened = events.find((event) => event.workflowExecutionUpdateAcceptedEventAttributes)?.eventId ?? 0;
      const before = events
        .filter((event) => event.workflowTaskCompletedEventAttributes && Number(event.eventId) < Number(opened))
        .at(-1);
      const { runId } = await house.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId },
        reason: 'test',
        workflowTaskFinishEventId: before?.eventId ?? null,
        requestId: 'reset-1',
      });
      const again = house.client.workflow.getHandle(handle.workflowId, runId);
      const view = await until(again, 'waiting-approval');
      assert.equal(view.approvals.length, 0);
      await say(again, 'reject', { card: openCard(view), ...word });
      await failureOf(again);
    });
  });

  it('a second run on the same database is refused by the lock; a pre-flight is not', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      await until(handle, 'waiting-approval');
      await assert.rejects(house.recover(), /already started/);
      const check = await house.recover({ mode: 'check' }, 'check.database.shandi');
      assert.equal((await resultOf(check)).view.verdict, 'checked');
      const stray = await house.recover({}, 'my-own-id');
      assert.match((await failureOf(stray)).message, /workflow id is my-own-id, expected recover\.database\.shandi/);
      await handle.cancel();
      await failureOf(handle);
    });
  });
});
