/** A saved history per released shape: code that could not carry on a run that began under an older release fails here. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Duration } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../workers/bundle';

// @ts-expect-error if this line is "unused", the types of `ms` are lost and every Duration is any
export const bad: Duration = 'banana';

const folder = join(__dirname, '..', 'histories');

describe('replay of saved histories', function () {
  this.timeout(180_000);
  const saved = readdirSync(folder).filter((name) => name.endsWith('.json'));

  before(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

  it('there is one protobufjs: two copies break every conversion of a history', () => {
    assert.equal(historyToJSON({ events: [] }), '{}');
  });

  it('they name no machine: neither its processes nor its folders', () => {
    for (const name of saved) {
      const text = readFileSync(join(folder, name), 'utf8');
      assert.doesNotMatch(text, /\d+@[a-z]/i, `${name} has the identity of a worker`);
      assert.ok(!text.includes(join(__dirname, '..', '..')), `${name} has a folder of this checkout`);
    }
  });

  it(`all ${saved.length} replay under the code of today`, async () => {
    assert.ok(saved.length >= 5, 'expected the shapes: recovered, refused, rejected, cancelled, held');
    const bundle = await workflowBundle(mkdtempSync(join(tmpdir(), 'dr-replay-')));
    const histories = saved.map((name) => ({
      workflowId: (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { workflowId: string }).workflowId,
      history: historyFromJSON((JSON.parse(readFileSync(join(folder, name), 'utf8')) as { history: unknown }).history),
    }));
    const failures: string[] = [];
    let replayed = 0;
    for await (const result of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) {
      replayed += 1;
      if (result.error) failures.push(`${result.workflowId}: ${result.error.message}`);
    }
    assert.deepEqual(failures, []);
    assert.equal(replayed, saved.length);
  });
});
