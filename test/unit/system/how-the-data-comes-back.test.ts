import assert from 'node:assert/strict';
import type { DataVolume, ServerFacts } from '../../../workflows/contracts/cluster';
import { afterRestart, choosePath, type DatabasePicture } from '../../../workflows/system/data-path';

const server = (service: string, own: Partial<ServerFacts> = {}): ServerFacts =>
  ({
    service,
    site: 'primary',
    answered: false,
    engineAnswered: true,
    problem: 'its container is not running (exit code 137)',
    inRecovery: false,
    dataVolume: `shandi_${service}`,
    ...own,
  }) as ServerFacts;
const writes = server('postgres', { answered: true });
const follows = server('postgres-standby', { answered: true, inRecovery: true });
const silent = { healthy: false, says: 'ECONNREFUSED' };
const reached = { healthy: true, says: 'it answers through the client path' };

/** Of servers that do not answer; what is not named has what its role has. */
const volumes = (own: Record<string, DataVolume['holds']> = {}): Map<string, DataVolume> =>
  new Map(
    Object.entries({ postgres: 'cluster', 'postgres-standby': 'standby', ...own } as const).map(([service, holds]) => [
      service,
      { volume: `shandi_${service}`, holds },
    ]),
  );
const seen = (own: Partial<DatabasePicture> = {}): DatabasePicture => ({
  primary: server('postgres'),
  standbys: [server('postgres-standby')],
  clientPath: silent,
  volumes: volumes(),
  ...own,
});
describe('how a database is brought back, by what was seen of it', () => {
  const cases: [what: string, own: Partial<DatabasePicture>, path: string, because: RegExp][] = [
    ['it writes, and clients reach it', { primary: writes, clientPath: reached }, 'intact', /takes writes/],
    ['it writes, and clients do not reach it', { primary: writes }, 'pooler', /ECONNREFUSED/],
    ['it has ended and its data is there', {}, 'restart', /exit code 137.*; its data volume shandi_postgres is there/],
    [
      'its volume is gone, a standby streams',
      { standbys: [follows], volumes: volumes({ postgres: 'gone' }) },
      'failover',
      /shandi_postgres is gone; postgres-standby has the data/,
    ],
    [
      'its volume is gone, the standby was killed too',
      { volumes: volumes({ postgres: 'gone' }) },
      'failover',
      /postgres-standby has the data/,
    ],
    [
      'both volumes are gone',
      { volumes: volumes({ postgres: 'gone', 'postgres-standby': 'gone' }) },
      'recover',
      /no standby has its data: what is left are the backups/,
    ],
    [
      'its volume is gone and there never was a standby',
      { standbys: [], volumes: volumes({ postgres: 'gone' }) },
      'recover',
      /there is no standby/,
    ],
    [
      'whom the pooler names is read-only, and a standby is there',
      { primary: server('postgres', { answered: true, inRecovery: true }) },
      'failover',
      /read-only/,
    ],
    [
      'its engine does not answer',
      { primary: server('postgres', { engineAnswered: false }) },
      'unreachable',
      /engine of site primary/,
    ],
    ['nobody looked for volumes', { volumes: new Map() }, 'restart', /is there/],
  ];
  cases.push(
    ['its volume is empty', { volumes: volumes({ postgres: 'nothing' }) }, 'failover', /holds nothing/],
    [
      'its control file is gone',
      { volumes: volumes({ postgres: 'parts' }), standbys: [] },
      'recover',
      /parts of a cluster/,
    ],
    [
      'the standby was never one',
      { volumes: volumes({ postgres: 'gone', 'postgres-standby': 'cluster' }) },
      'recover',
      /no standby has its data/,
    ],
    [
      'a standby by name takes writes',
      { standbys: [server('postgres-standby', { answered: true })], volumes: volumes({ postgres: 'gone' }) },
      'recover',
      /no standby has its data/,
    ],
  );
  for (const [what, own, path, because] of cases)
    it(`${what}: ${path}`, () => {
      const way = choosePath(seen(own));
      assert.equal(way.path, path);
      assert.match(way.because.join('; '), because);
    });

  it('a restart that did not help: the standby next, the backups where there is none', () => {
    assert.equal(afterRestart(seen(), 'PANIC').path, 'failover');
    const last = afterRestart(seen({ standbys: [] }), 'PANIC: could not locate a valid checkpoint record');
    assert.equal(last.path, 'recover');
    assert.match(last.because[0] ?? '', /could not be brought back on the data it has: PANIC/);
  });
});
