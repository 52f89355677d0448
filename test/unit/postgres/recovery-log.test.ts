import assert from 'node:assert/strict';
import {
  fatalCode,
  lsnBytes,
  lsnDistance,
  readRecoveryLog,
  segmentLsn,
} from '../../../activities/postgres/recovery-log';

const paused = `2026-11-22 22:38:12.710 UTC [10] LOG:  starting point-in-time recovery to XID 1503
2026-11-22 22:38:15.306 UTC [10] LOG:  restored log file "000000010000000000000002" from archive
2026-11-22 22:38:15.369 UTC [10] LOG:  redo starts at 0/2012908
2026-11-22 22:38:15.400 UTC [33] FATAL:  the database system is starting up
2026-11-22 22:38:15.856 UTC [1] LOG:  database system is ready to accept read-only connections
2026-11-22 22:38:16.804 UTC [10] LOG:  restored log file "000000010000000000000008" from archive
2026-11-22 22:38:16.992 UTC [10] LOG:  recovery stopping before commit of transaction 1503, time 2026-11-22 22:38:03.586171+00
2026-11-22 22:38:16.992 UTC [10] LOG:  pausing at the end of recovery
`;

describe('the log of a copy that recovers', () => {
  it('proves where it stopped and names the first transaction left out', () => {
    const seen = readRecoveryLog(paused);
    assert.equal(seen.pausing, true);
    assert.equal(seen.acceptsReaders, true);
    assert.deepEqual(seen.firstExcluded, { xid: '1503', at: '2026-11-22T22:38:03.586171Z' });
    assert.match(seen.stopLine ?? '', /recovery stopping before commit of transaction 1503/);
    assert.equal(seen.redoStart, '0/2012908');
    assert.equal(seen.restoredSegments, 2);
    assert.equal(seen.lastSegment, '000000010000000000000008');
  });

  it('does not take a client that came too early for a failure', () => {
    assert.equal(readRecoveryLog(paused).fatal, undefined);
  });

  it('does not call the last transaction included the first one left out', () => {
    const line =
      '2026-11-22 22:42:13.948 UTC [10] LOG:  recovery stopping after commit of transaction 1626, time 2026-11-22 22:42:02.088232+00';
    const seen = readRecoveryLog(line);
    assert.equal(seen.firstExcluded, undefined);
    assert.equal(seen.stopLine, line);
  });

  it('knows a restore point, an LSN and the end of the archive', () => {
    assert.ok(
      readRecoveryLog('x LOG:  recovery stopping at restore point "before-deploy", time 2026-11-22 22:42:02.21+00')
        .stopLine,
    );
    assert.ok(readRecoveryLog('x LOG:  recovery stopping before WAL location (LSN) "0/C2D216C8"').stopLine);
    assert.equal(readRecoveryLog('x LOG:  waiting for WAL to become available at 0/E000018').waitingFor, '0/E000018');
  });

  it('reads which settings are too low and what they must be', () => {
    const seen = readRecoveryLog(`x FATAL:  recovery aborted because of insufficient parameter settings
x DETAIL:  max_connections = 20 is a lower setting than on the primary server, where its value was 100.`);
    assert.equal(seen.fatal?.code, 'DR-PARAMETER-TOO-LOW');
    assert.deepEqual(seen.neededSettings, { max_connections: 100 });
  });

  it('prefers the cause to the noise before it', () => {
    const seen = readRecoveryLog(`x FATAL:  role "root" does not exist
x FATAL:  recovery ended before configured recovery target was reached`);
    assert.equal(seen.fatal?.code, 'DR-RECOVERY-ENDED-EARLY');
  });

  for (const [line, code] of [
    ['FATAL:  recovery ended before configured recovery target was reached', 'DR-RECOVERY-ENDED-EARLY'],
    [`FATAL:  requested timeline 2 is not a child of this server's history`, 'DR-WRONG-TIMELINE'],
    [
      'FATAL:  requested timeline 3 does not contain minimum recovery point 0/5000000 on timeline 1',
      'DR-WRONG-TIMELINE',
    ],
    ['FATAL:  recovery target timeline 7 does not exist', 'DR-HISTORY-MISSING'],
    ['FATAL:  requested recovery stop point is before consistent recovery point', 'DR-TARGET-INSIDE-BACKUP'],
    ['FATAL:  recovery aborted because of insufficient parameter settings', 'DR-PARAMETER-TOO-LOW'],
    ['PANIC:  could not locate a valid checkpoint record', 'DR-COPY-NOT-STARTED'],
  ] as const) {
    it(`classifies "${line}" as ${code}`, () => assert.equal(fatalCode(line), code));
  }
});

describe('log sequence numbers', () => {
  it('count bytes across the 4 GB boundary', () => {
    assert.equal(lsnBytes('1/0'), 4_294_967_296n);
    assert.equal(lsnDistance('0/FFFFFFF0', '1/10'), 32);
    assert.equal(lsnDistance('1/10', '0/FFFFFFF0'), 0);
  });

  it('begin segments', () => {
    assert.equal(segmentLsn('000000010000000000000008'), '0/8000000');
    assert.equal(segmentLsn('0000000200000001000000FF'), '1/FF000000');
  });
});
