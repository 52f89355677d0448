/** The fields of pg_control that a switchover trusts while clients wait. A wrong "shut down" would lose the last records. */
import assert from 'node:assert/strict';
import { readControlFile } from '../../../activities/shared/control-file';

/** ControlFileData up to the checkpoint's timeline (PostgreSQL source, catalog/pg_control.h), in its file of 8 kB. */
function controlFile(of: { version?: number; state?: number; checkpoint?: bigint; timeline?: number } = {}): Buffer {
  const file = Buffer.alloc(8192);
  file.writeBigUInt64LE(7654321098765432109n, 0);
  file.writeUInt32LE(of.version ?? 1300, 8);
  file.writeUInt32LE(202209061, 12);
  file.writeInt32LE(of.state ?? 1, 16);
  file.writeBigInt64LE(1795366800n, 24);
  file.writeBigUInt64LE(of.checkpoint ?? 0x6000028n, 32);
  file.writeBigUInt64LE(0x5f00000n, 40);
  file.writeUInt32LE(of.timeline ?? 3, 48);
  file.writeUInt32LE(2, 52);
  return file;
}

describe('a control file', () => {
  it('of a server that was shut down in order names its last record, timeline and cluster', () => {
    assert.deepEqual(readControlFile(controlFile()), {
      systemIdentifier: '7654321098765432109',
      shutDown: true,
      checkpoint: 0x6000028,
      timeline: 3,
    });
  });

  it('reads positions beyond 4 GB', () => {
    assert.equal(readControlFile(controlFile({ checkpoint: 0x1_c2d2_16c8n }))?.checkpoint, 0x1_c2d2_16c8);
  });

  const states = [
    'starting up',
    '',
    'shut down in recovery',
    'shutting down',
    'in crash recovery',
    'in archive recovery',
    'in production',
  ];
  for (const [state, name] of states.entries())
    if (name)
      it(`that says "${name}" is none of a primary that was shut down`, () => {
        assert.equal(readControlFile(controlFile({ state }))?.shutDown, false);
      });

  it('is read for PostgreSQL 15 to 18; of any other version its own program is asked', () => {
    for (const version of [1300, 1700, 1800]) assert.ok(readControlFile(controlFile({ version })));
    for (const version of [942, 1201, 1900, 0]) assert.equal(readControlFile(controlFile({ version })), undefined);
  });

  it('that is cut off is not read', () => {
    assert.equal(readControlFile(controlFile().subarray(0, 63)), undefined);
    assert.equal(readControlFile(Buffer.alloc(0)), undefined);
  });
});
