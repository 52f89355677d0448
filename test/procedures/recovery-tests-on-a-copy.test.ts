/**
 * By the clock faults are planted in a copy of the platform and found, a service, a table, and then everything of it is lost and
 * recovered, while the platform itself serves. A copy that could reach what serves is never damaged, and nothing of it is left, whatever happened to the worker.
 */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { proveIsolation } from '../../activities/drill';
import { loadPlan, type Plan } from '../../plan';
import { controlQueue } from '../../workflows/contracts/names';
import type { DetectionScore, Isolation } from '../../workflows/contracts/drill';
import { faultOf } from '../../workflows/drill/isolation';
import { docker } from '../support/docker';
import { project as platform } from '../support/names';
import { strike } from '../support/control-plane';
import { withPlan } from '../support/plan-file';
import { HttpReceiver } from '../support/receivers';
import { resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const project = `${platform}-drill`;

describe('recovery tests on a copy', function () {
  this.timeout(420_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const start = () =>
    shandi.client.workflow.start('quarterlyRecoveryTest', {
      taskQueue: controlQueue,
      workflowId: 'test.system',
      args: [{ reason: 'test', by: 'tester' }],
    });
  const left = async (): Promise<string[]> => {
    const containers = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${project}`] },
    });
    const { Volumes } = await docker.listVolumes();
    return [...containers.map(({ Id }) => Id), ...(Volumes ?? []).map(({ Name }) => Name)].filter(
      (one) => !one.includes('_') || one.startsWith(project),
    );
  };

  it('quarterly: a service, a table, everything; its site worker killed on the way; what serves is as it was, nothing is left', async () => {
    await shandi.mark();
    const before = await shandi.footprint();
    const pager = await HttpReceiver.open();
    const told = (plan: Plan): Plan => ({
      ...plan,
      // On a small machine pages come slowly while a copy is made; what ends a test is tested with the kernel.
      ...(plan.drills ? { drills: { ...plan.drills, watch: { every: 5_000, failures: 20 } } } : {}),
      channels: { ...plan.channels, webhooks: [{ name: 'pager', url: `${pager.url}/hook` }] },
    });
    try {
      await withPlan(told, async () => {
        const handle = await start();
        const chain = shandi.client.workflow.getHandle(`oncall.test-${new Date().toISOString().slice(0, 10)}`);
        await shandi.eventually('the pager rings', async () =>
          pager.received.some(({ body }) => body.includes('on-call')) ? true : undefined,
        );
        await chain.signal('acknowledge', { by: 'Primary On-Call' });
        await shandi.eventually(
          'the copy is being made',
          async () => ((await left()).length > 5 ? true : undefined),
          120_000,
        );
        strike('site-primary', 'SIGKILL');
        const { view, result } = await resultOf(handle);
        const criteria = result['criteria'] as { name: string; ok: boolean; says: string }[];
        const failed = criteria.filter(({ ok, name }) => !ok && !name.endsWith('objectives'));
        assert.deepEqual(failed, []);
        const says = (name: string): string => criteria.find((one) => one.name === name)?.says ?? '';
        assert.match(says('Rows of orders'), /^[1-9].* before it was dropped, no such table after/);
        const { score, faults } = result['detection'] as DetectionScore;
        assert.equal(score, '6/6', JSON.stringify(faults, undefined, 1));
        assert.match(says('The copy is isolated'), /connections to what serves were tried from inside, none was made/);
        assert.match(says('Recovery of everything'), /ended, verdict (met|missed)/);
        assert.match(says('Channels'), /webhook pager.*: sent/);
        assert.equal(view.approvals.length, 1);
      });
    } finally {
      await pager.close();
    }
    assert.deepEqual(await left(), []);
    assert.deepEqual(await shandi.footprint(), before);
  });

  it('a copy in the network of what serves, with its volumes: each way is found, and named', async () => {
    const { plan } = await loadPlan(process.env['DR_PLAN'] ?? '');
    const site = plan.sites.find(({ role }) => role === 'primary');
    if (!plan.drills || !site) throw new Error('the plan of the tests has no drills or no primary site');
    const args = { drills: plan.drills, site, from: 'postgres', serving: [site], channels: plan.channels };
    const found = (await new MockActivityEnvironment().run(proveIsolation, args)) as Isolation;
    assert.ok(found.control.reached);
    assert.ok(found.reached.some((one) => /-redis-1 [\d.]+:6379$/.test(one)));
    assert.ok(found.shared.some((one) => /^volume .*_pgdata\S* of /.test(one)));
    assert.ok(found.shared.some((one) => /^network .*_default of /.test(one)));
    assert.match(faultOf(found) ?? '', /^it reaches .*; it shares /);
  });
});
