/**
 * By the clock a service, a table, and then everything of a copy of the platform is lost and recovered, while the platform
 * itself serves. A copy that could reach what serves is never damaged, and nothing of it is left, whatever happened to the worker.
 */
import assert from 'node:assert/strict';
import type { Plan } from '../../plan';
import { controlQueue } from '../../workflows/contracts/names';
import { containerOf, docker, inContainer } from '../support/docker';
import { strike } from '../support/control-plane';
import { withPlan } from '../support/plan-file';
import { HttpReceiver } from '../support/receivers';
import { failureOf, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const project = 'shandi-test-drill';

describe('recovery tests on a copy', function () {
  this.timeout(420_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const start = (procedure: 'monthlyRecoveryTest' | 'quarterlyRecoveryTest') =>
    shandi.client.workflow.start(procedure, {
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
      channels: { ...plan.channels, webhooks: [{ name: 'pager', url: `${pager.url}/hook` }] },
    });
    try {
      await withPlan(told, async () => {
        const handle = await start('quarterlyRecoveryTest');
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

  it('the copy is joined to the network of what serves: it is never damaged', async () => {
    const serving = `${containerOf('postgres').replace(/-postgres-1$/, '')}_default`;
    const handle = await start('monthlyRecoveryTest');
    const network = docker.getNetwork(serving);
    await shandi.eventually(
      'a container of the copy is there',
      () =>
        network
          .connect({ Container: `${project}-postgres-1` })
          .then(() => true)
          .catch(() => undefined),
      240_000,
    );
    const failure = await failureOf(handle);
    assert.equal(failure.code, 'DR-DRILL-ISOLATION');
    assert.match(failure.message, /it reaches .*-postgres-1 .*:5432/);
    assert.match(failure.message, new RegExp(`it shares network ${serving}`));
    assert.deepEqual(await left(), []);
    assert.match(await inContainer(containerOf('postgres'), ['psql', '-U', 'postgres', '-Atc', 'SELECT 1']), /1/);
  });
});
