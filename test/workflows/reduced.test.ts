import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { killAll } from '../support/fake-system';
import { House } from '../support/house';
import { failureOf, resultOf, seen, until } from '../support/runs';

describe('reduced functionality: on for a while, and lifted by whoever switched it on', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'on-call', reason: 'test' };
  const reduce = (input: Record<string, unknown>): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('reducedFunctionality', {
      taskQueue: controlQueue,
      workflowId: 'reduce.gateway',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const recover = (input: Record<string, unknown>): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('fullSystemRecovery', {
      taskQueue: controlQueue,
      workflowId: 'recover.system',
      args: [{ reason: 'test', by: 'tester', tell: false, ...input }],
    });
  const onFor = async (handle: WorkflowHandleWithFirstExecutionRunId): Promise<void> =>
    void (await seen(handle, ({ task }) => task !== undefined));

  it('a word lifts it', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await reduce({ mode: 'maintenance' });
      await onFor(handle);
      assert.deepEqual(site.reduced.told, ['maintenance']);
      await handle.executeUpdate('lift', { args: [word] });
      const report = await resultOf(handle);
      assert.equal(report.result['why'], 'on-call: test');
      assert.deepEqual([site.reduced.on, site.reduced.told], [[], ['maintenance', 'maintenance off']]);
    });
  });

  it('the same word as a signal, sent twice: the second finds it said', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await reduce({ mode: 'critical-only' });
      await onFor(handle);
      await handle.signal('lift', word);
      await handle.signal('lift', word);
      await resultOf(handle);
      assert.deepEqual(site.reduced.told, ['critical-only', 'critical-only off']);
    });
  });

  it('nobody says anything: its time is over', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await reduce({ mode: 'maintenance', forMs: 1_000 }));
      assert.equal(report.result['why'], 'its time is over');
      assert.deepEqual(site.reduced.on, []);
    });
  });

  for (const way of ['abort', 'cancel'] as const)
    it(`${way}: the undo lifts it`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const handle = await reduce({ mode: 'maintenance' });
        await onFor(handle);
        if (way === 'abort') await handle.executeUpdate('abort', { args: [word] });
        else await handle.cancel();
        await failureOf(handle);
        assert.deepEqual([site.reduced.on, site.reduced.told], [[], ['maintenance', 'maintenance off']]);
      });
    });

  it('clients do not get what the mode says: the run is held, and an abort lifts it', async () => {
    const site = new FakeSite();
    site.fail('switchReduced', 'DR-REDUCED', '/health is answered 200, expected 503');
    await house.with(site, async () => {
      const handle = await reduce({ mode: 'maintenance' });
      await until(handle, 'held');
      await handle.executeUpdate('resolve', { args: [{ action: 'abort', ...word }] });
      await failureOf(handle);
      assert.equal(site.count('liftReduced'), 1);
    });
  });

  it('another run has a mode: refused, whatever is asked; that run lifts it', async () => {
    for (const mode of ['maintenance', 'off']) {
      const site = new FakeSite();
      site.reduced.leaveBehind('critical-only', 'runs');
      await house.with(site, async () => {
        const { code, message } = await failureOf(await reduce({ mode }));
        assert.equal(code, 'DR-REDUCED');
        assert.match(message, /critical-only is on since .* by recover\.system/);
        assert.equal(site.reduced.on.length, 1);
      });
    }
  });

  it('a longer time than the plan allows is refused', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const { message } = await failureOf(await reduce({ mode: 'maintenance', forMs: 24 * 3_600_000 }));
      assert.match(message, /24 h; the plan allows 4 h/);
      assert.deepEqual(site.reduced.told, []);
    });
  });

  for (const owner of ['ended', 'by-hand'] as const)
    it(`off lifts what is left behind (${owner})`, async () => {
      const site = new FakeSite();
      site.reduced.leaveBehind('maintenance', owner);
      await house.with(site, async () => {
        await resultOf(await reduce({ mode: 'off' }));
        assert.deepEqual([site.reduced.on, site.reduced.told], [[], ['maintenance off']]);
      });
    });

  it('a full recovery in maintenance: on before the first start, lifted when the critical services are proven', async () => {
    const site = new FakeSite();
    killAll(site);
    await house.with(site, async () => {
      await resultOf(await recover({ reduced: 'maintenance' }));
      assert.deepEqual(site.reduced.told, ['maintenance later', 'maintenance', 'maintenance off']);
      const first = (name: string): number => site.calls.indexOf(name);
      assert.ok(first('switchReduced') < first('startServices'));
      assert.ok(first('askPages') < first('liftReduced'));
      // The rest is started when clients are let in again.
      assert.ok(first('liftReduced') < site.calls.lastIndexOf('startServices'));
    });
  });

  it('a full recovery in critical-only: lifted when the rest is proven', async () => {
    const site = new FakeSite();
    killAll(site);
    await house.with(site, async () => {
      await resultOf(await recover({ reduced: 'critical-only' }));
      assert.deepEqual(site.reduced.told, ['critical-only later', 'critical-only', 'critical-only off']);
      assert.ok(site.calls.lastIndexOf('askPages') < site.calls.indexOf('liftReduced'));
    });
  });

  it('a full recovery is aborted half-way: its mode is lifted', async () => {
    const site = new FakeSite();
    killAll(site);
    site.system.badPages.add('/api/orders?limit=1');
    await house.with(site, async () => {
      const handle = await recover({ reduced: 'maintenance' });
      await until(handle, 'held');
      await handle.executeUpdate('abort', { args: [word] });
      await failureOf(handle);
      assert.deepEqual(site.reduced.on, []);
    });
  });

  it('a recovery finds what a run that has ended left behind, and lifts it; nothing else is to be done', async () => {
    for (const input of [{}, { reduced: 'maintenance' }]) {
      const site = new FakeSite();
      site.system.state = 'running';
      site.store.facts = { ...site.store.facts, answered: true, running: true, volumeThere: true };
      site.reduced.leaveBehind();
      await house.with(site, async () => {
        const report = await resultOf(await recover(input));
        assert.equal(report.result['needed'], false);
        assert.deepEqual([site.reduced.on, site.reduced.told], [[], ['maintenance off']]);
        assert.ok(report.view.timeline.some(({ text }) => /left behind.*recover\.system, which has ended/.test(text)));
      });
    }
  });

  it('a mode that somebody has is not lifted by a recovery that asked for none; one that asks for one is refused', async () => {
    for (const owner of ['runs', 'by-hand'] as const) {
      const site = new FakeSite();
      killAll(site);
      site.reduced.leaveBehind('maintenance', owner);
      await house.with(site, async () => {
        assert.equal((await failureOf(await recover({ reduced: 'critical-only' }))).code, 'DR-REDUCED');
        await resultOf(await recover({}));
        assert.deepEqual(site.reduced.told, []);
        assert.equal(site.reduced.on.length, 1);
      });
    }
  });
});
