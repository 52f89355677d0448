import assert from 'node:assert/strict';
import { parseControlData } from '../../../activities/shared/control-data';

const text = `pg_control version number:            1300
Database system identifier:           7711127651226136595
Database cluster state:               shut down
pg_control last modified:             Sun Nov 22 22:38:24 2026
Latest checkpoint location:           0/80CB9B8
Latest checkpoint's REDO location:    0/80CB9B8
Latest checkpoint's TimeLineID:       2
Latest checkpoint's NextXID:          1:1503
wal_level setting:                    replica
max_connections setting:              100
max_worker_processes setting:         8
max_wal_senders setting:              10
max_prepared_xacts setting:           0
max_locks_per_xact setting:           64
Data page checksum version:           1
`;

describe('pg_controldata', () => {
  it('is read into facts, with the names settings have in the server', () => {
    assert.deepEqual(parseControlData(text), {
      systemIdentifier: '7711127651226136595',
      state: 'shut down',
      timeline: 2,
      checkpointLsn: '0/80CB9B8',
      nextXid: String(2n ** 32n + 1503n),
      checksums: true,
      settings: {
        max_connections: 100,
        max_worker_processes: 8,
        max_wal_senders: 10,
        max_prepared_transactions: 0,
        max_locks_per_transaction: 64,
      },
    });
  });

  it('without a line it needs names that line', () => {
    assert.throws(
      () => parseControlData('Database cluster state: shut down\n'),
      /no line "Latest checkpoint's NextXID"/,
    );
  });
});
