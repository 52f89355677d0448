/**
 * Once a month a service and a table of a copy of the platform are lost and recovered, while the platform itself serves. A
 * copy that could reach what serves is never damaged, and nothing of it is left, whatever happened to the worker.
 */
import assert from 'node:assert/strict';
import { controlQueue } from '../../workflows/contracts/names';
import { containerOf, docker, inContainer } from '../support/docker';
import { strike } from '../support/control-plane';
import { failureOf, resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const project = 'shandi-test-drill';

describe('monthly recovery test', function () {
  this.timeout(420_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const start = () =>
    shandi.client.workflow.start('monthlyRecoveryTest', {
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

  it('passes on a copy, its site worker killed while that is made; what serves is as it was, and nothing is left', async () => {
    await shandi.mark();
    const before = await shandi.footprint();
    const handle = await start();
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
    assert.ok(criteria.some(({ name, says }) => name === 'Rows of orders' && /no such table after/.test(says)));
    assert.match(JSON.stringify(view.facts), /connections to what serves were tried from inside, none was made/);
    assert.deepEqual(await left(), []);
    assert.deepEqual(await shandi.footprint(), before);
  });

  it('the copy is joined to the network of what serves: it is never damaged', async () => {
    const serving = `${containerOf('postgres').replace(/-postgres-1$/, '')}_default`;
    const handle = await start();
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
