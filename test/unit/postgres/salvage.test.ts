/** When the WAL of a lost server counts as read to its end: "nothing is lost" must never be said of a volume that is empty. */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { salvageWal } from '../../../activities/postgres';
import type { Salvage } from '../../../workflows/contracts/cluster';
import { segmentName } from '../../../workflows/contracts/wal';
import { cluster } from '../../fixtures/servers';
import { FakeEngine } from '../../support/fake-engine';

const size = 1024 * 1024;
const system = '7654321098765432109';
const logger = new DefaultLogger('ERROR', () => undefined);
const run = { workflowId: 'recover.database.shandi', runId: 'run-1' };
const approval = {
  gate: 'promote',
  card: '0123456789ab',
  ...run,
  by: 'policy',
  via: 'policy' as const,
  at: '2026-11-22T17:00:00Z',
};
const { home } = cluster();

/** A segment with WAL in its first pages, up to `end` bytes; zero from there on. */
function segment(number: number, end: number, of = system): Buffer {
  const file = Buffer.alloc(size);
  for (let offset = 0; offset < end; offset += 8192) {
    file.fill(1, offset + 24, Math.min(offset + 8192, end));
    file.writeUInt16LE(0xd110, offset);
    file.writeBigUInt64LE(BigInt(number * size + offset), offset + 8);
  }
  if (end > 0) file.writeBigUInt64LE(BigInt(of), 24);
  return file;
}
const path = (number: number): string => `pg_wal/${segmentName({ timeline: 1, number }, size)}`;

describe('salvage from the volume of a lost server', () => {
  let engine: FakeEngine;
  beforeEach(async () => (engine = await FakeEngine.listen()));
  afterEach(() => engine.close());

  const salvage = (fromLsn: string): Promise<Salvage> => {
    const site = { ...home.site, engine: { socketPath: engine.socketPath } };
    const args = {
      database: home.database,
      site,
      containerId: '',
      volume: 'lost',
      image: 'sha256:1',
      // Nothing is placed in these tests: a container that has to be written to would be missed.
      to: { container: 'standby', service: 'postgres-standby', site },
      timeline: 1,
      systemIdentifier: system,
      fromLsn,
      walSegmentBytes: size,
      approval,
    };
    return new MockActivityEnvironment({ workflowExecution: run }, { logger }).run(salvageWal, args);
  };
  /** Segment 6 begins here. */
  const start = '0/600000';

  it('the standby has everything: complete, and nothing to give', async () => {
    engine.volume('lost', { PG_VERSION: '15', [path(6)]: segment(6, 512) });
    const { complete, bytes } = await salvage('0/600200');
    assert.deepEqual([complete, bytes], [true, 0]);
  });

  it('the last segment was just filled, and the next not begun: complete, because the one before is there', async () => {
    engine.volume('lost', { PG_VERSION: '15', [path(5)]: segment(5, size) });
    const { complete, segments } = await salvage(start);
    assert.deepEqual([complete, segments], [true, []]);
  });

  it('the next one is only allocated, or recycled: complete likewise', async () => {
    engine.volume('lost', { PG_VERSION: '15', [path(5)]: segment(5, size), [path(6)]: segment(3, size) });
    assert.equal((await salvage(start)).complete, true);
  });

  for (const [title, files] of [
    ['its WAL is gone', { PG_VERSION: '15' }],
    [
      'it is of another cluster',
      { PG_VERSION: '15', [path(5)]: segment(5, size, '1'), [path(6)]: segment(6, 8192, '1') },
    ],
  ] as const)
    it(`${title}: not complete, wherever the standby ends`, async () => {
      engine.volume('lost', files);
      for (const from of [start, '0/600200']) {
        const { complete, problem } = await salvage(from);
        assert.equal(complete, false, from);
        assert.match(problem ?? '', /volume lost has no WAL of timeline 1 from 0\/600\w+ on/);
      }
    });

  it('it cannot be read: an answer that says why, not a failure', async () => {
    engine.volume('lost', { 'something-else': '' });
    const { complete, problem } = await salvage(start);
    assert.equal(complete, false);
    assert.match(problem ?? '', /making container .* on volume lost/);
  });
});
