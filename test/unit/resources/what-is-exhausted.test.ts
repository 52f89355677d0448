import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inside } from '../../../activities/resources/freeable';
import { usedBy } from '../../../activities/resources/measure-containers';
import { root } from '../../../activities/shared/paths';
import { loadPlan, type Resources } from '../../../plan';
import type { ContainerUse, ResourceFacts } from '../../../workflows/contracts/resources';
import { judge } from '../../../workflows/resources/judge';

describe('what counts as exhausted, and what may be done', () => {
  let resources: Resources;
  before(async () => void (resources = (await loadPlan(join(root(), 'plan', 'shandi.yaml'))).plan.resources));

  const nothing: ResourceFacts = { containers: [], disks: [], connections: [], unknown: [] };
  const container = (service: string, more: Partial<ContainerUse>): ResourceFacts => ({
    ...nothing,
    containers: [
      {
        ...{ service, containerId: 'c', running: true, startedAt: '', oomKilled: false, cpus: 0 },
        ...{ memoryBytes: 100e6, limitBytes: 200e6, ...more },
      },
    ],
  });
  const kinds = (facts: ResourceFacts): string[][] =>
    judge(facts, resources).map(({ reliefs }) =>
      reliefs.map(({ kind, automatic }) => `${kind}${automatic ? '' : '?'}`),
    );

  it('just below the threshold is not exhausted, at the threshold it is', () => {
    assert.deepEqual(kinds(container('ai-service', { memoryBytes: 179e6 })), []);
    assert.deepEqual(kinds(container('ai-service', { memoryBytes: 180e6 })), [['limit', 'restart']]);
  });
  it('a limit that is at its ceiling already is not raised', () =>
    assert.deepEqual(kinds(container('ai-service', { memoryBytes: 260e6, limitBytes: 268_435_456 })), [['restart']]));
  it('one without a limit is held against the ceiling, and given it as its limit while it is below', () => {
    assert.deepEqual(kinds(container('ai-service', { limitBytes: null })), []);
    assert.deepEqual(kinds(container('ai-service', { memoryBytes: 250e6, limitBytes: null })), [['limit', 'restart']]);
    assert.deepEqual(kinds(container('ai-service', { memoryBytes: 400e6, limitBytes: null })), [['restart']]);
  });
  it('one without a limit that the plan does not name takes what it takes', () =>
    assert.deepEqual(kinds(container('postgres', { memoryBytes: 900e9, limitBytes: null })), []));
  it('killed for want of memory is exhausted; killed and back is not', () => {
    assert.deepEqual(kinds(container('content-service', { running: false, oomKilled: true, memoryBytes: null })), [
      ['restart?'],
    ]);
    assert.deepEqual(kinds(container('content-service', { oomKilled: true })), []);
  });
  it('a hog that the plan does not name has no measures', () =>
    assert.deepEqual(kinds(container('postgres', { memoryBytes: 199e6 })), [[]]));
  it('one that is frozen or cut off is named, and nothing is done to it', () => {
    const facts = container('ai-service', { memoryBytes: 199e6, isolated: true });
    assert.deepEqual(kinds(facts), [[]]);
    assert.match(judge(facts, resources)[0]?.untouched ?? '', /ai-service is frozen or in no network/);
  });
  it('an entry without files is no measure', () => {
    const disk = { service: 'content-service', path: '/var/tmp', totalBytes: 100, freeBytes: 5, largest: [] };
    const of = (name: string, files: number) => ({ name, files, bytes: files, olderThan: 0 });
    const facts = { ...nothing, disks: [{ ...disk, freeable: [of('content-cache', 0), of('content-exports', 2)] }] };
    assert.deepEqual(kinds(facts), [['free?']]);
  });
  it('the cache of files that can be given back is not counted: cgroup 1, and 2', () => {
    const of = (stats: object) =>
      usedBy({ memory_stats: { usage: 100, stats } } as unknown as Parameters<typeof usedBy>[0]);
    assert.equal(of({ total_inactive_file: 30, inactive_file: 10 }), 70);
    assert.equal(of({ inactive_file: 40 }), 60);
    assert.equal(of({}), 100);
  });
  it('a directory is inside itself and below, not beside', () => {
    assert.deepEqual(
      [
        inside('/a/b', '/a/b'),
        inside('/a/b/c', '/a/b'),
        inside('/a/bc', '/a/b'),
        inside('/a', '/'),
        inside('/a', '/a/'),
      ],
      [true, true, false, true, true],
    );
  });
});
