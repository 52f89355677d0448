/** How full a disk is: as `df` counts, so that what is kept for root is neither used nor free. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dfArguments, fileSystemRoom, readDf } from '../../../activities/shared/file-system';

describe('room of a disk', () => {
  it('what df prints is read, and anything else is nothing', () => {
    assert.deepEqual(readDf('      Used     Avail\n     70000     30000\n'), {
      freeBytes: 30_000,
      totalBytes: 100_000,
    });
    assert.equal(readDf('df: /gone: No such file or directory'), undefined);
    assert.equal(readDf(''), undefined);
  });

  it('measured from here and by df, the same file system is as full', async () => {
    const [command = '', ...args] = dfArguments('/');
    const printed = readDf(execFileSync(command, args, { encoding: 'utf8' })) ?? assert.fail('df printed no numbers');
    const measured = await fileSystemRoom('/');
    const used = (room: typeof measured): number => Math.round((1 - room.freeBytes / room.totalBytes) * 100);
    assert.equal(used(measured), used(printed));
  });
});
