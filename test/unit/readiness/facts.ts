/** A platform that is ready, and past runs, for tests that change one thing each. */
import { join } from 'node:path';
import { loadPlan, type Plan } from '../../../plan';
import { root } from '../../../activities/shared/paths';
import type { PastRun } from '../../../workflows/contracts/past-runs';
import type { ReadinessFacts } from '../../../workflows/contracts/readiness';
import type { BackupFacts, DatabaseFacts } from '../../../workflows/contracts/recovery';
import type { ServerFacts } from '../../../workflows/contracts/cluster';

export const at = '2026-11-22T17:00:00.000Z';
export const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
export const ago = (ms: number): string => new Date(Date.parse(at) - ms).toISOString();

/** The plan of this checkout, to be changed at will. */
export const thePlan = async (): Promise<Plan> =>
  structuredClone((await loadPlan(join(root(), 'plan', 'shandi.yaml'))).plan);

export const backup = (kind: BackupFacts['kind'], ageMs: number, changed: Partial<BackupFacts> = {}): BackupFacts => ({
  label: `${kind}-${ageMs / hour}h`,
  kind,
  startedAt: ago(ageMs + minute),
  stoppedAt: ago(ageMs),
  startLsn: '0/2000000',
  stopLsn: '0/2000100',
  archiveStart: '000000010000000000000002',
  archiveStop: '000000010000000000000002',
  timeline: 1,
  databaseBytes: 1e6,
  repositoryBytes: 1e5,
  hasErrors: false,
  ...changed,
});

export const server: DatabaseFacts = {
  answered: true,
  systemIdentifier: '7',
  timeline: 1,
  inRecovery: false,
  lsn: '0/6000000',
  now: at,
  version: '15.20',
  checksums: true,
  databaseBytes: 1e6,
  settings: {},
  archive: { mode: 'on', lastArchivedAt: ago(minute), failedCount: 0, ready: 0 },
  collations: [],
  tablespaces: [],
  preload: [],
  extensions: [],
  standbys: [],
};

const position: ServerFacts = {
  service: 'postgres',
  site: 'primary',
  answered: true,
  engineAnswered: true,
  systemIdentifier: '7',
  inRecovery: false,
  timeline: 1,
  receivedLsn: '0/6000000',
  replayedLsn: '0/6000000',
  nextXid: '1000',
  replayPaused: false,
  applyDelayMs: 0,
  heartbeatAt: ago(500),
  now: at,
  synchronousStandbyNames: '',
  walSegmentBytes: 16_777_216,
};

export const standby: ServerFacts = {
  ...position,
  service: 'postgres-standby',
  inRecovery: true,
  receiver: 'streaming',
  receiverSilenceMs: 100,
};

const files = [{ label: '20261122T163000Z-1ea3d016', takenAt: ago(30 * minute) }];
const good = {
  path: 'certs/server.crt',
  notBefore: ago(day),
  notAfter: ago(-60 * day),
  names: ['DNS:api.theshandi.com'],
  fingerprint: 'AA:BB',
  keyMatches: true,
};

/** Everything is there. */
export const readyFacts = (): ReadinessFacts =>
  structuredClone({
    at,
    sites: ['primary', 'backup'].map((name) => ({
      name,
      engine: { value: true },
      access: { value: { secrets: [{ what: 'password' }], paths: [{ what: 'env file', path: '.env' }] } },
    })),
    databases: [
      {
        name: 'shandi',
        primary: { value: 'postgres' },
        server: { value: server },
        archive: { value: { segment: '000000010000000000000006', durationMs: 300 } },
        repository: {
          value: {
            backups: [backup('incr', 0.5 * hour), backup('full', 15 * hour)],
            windows: [{ from: ago(13 * day), until: ago(minute), backup: 'full-312h' }],
            gaps: [],
            openEnded: true,
          },
        },
        standbys: [{ service: 'postgres-standby', facts: { value: standby } }],
        position: { value: position },
        disk: { value: { path: '/var/lib/docker', freeBytes: 1e12, totalBytes: 2e12 } },
      },
    ],
    stores: [{ name: 'redis', backups: { value: files } }],
    bundles: [
      { kind: 'configuration', backups: { value: files } },
      { kind: 'certificates', backups: { value: files } },
    ],
    certificates: { value: { certificates: [good], good } },
    served: { value: { running: true, fingerprint: 'AA:BB', notAfter: good.notAfter, says: 'it serves AA:BB' } },
    channels: { value: [{ channel: 'email', target: 'emergency@theshandi.com', configured: true }] },
    past: { value: { proofs: [], times: [], told: { 'email emergency@theshandi.com': ago(day) } } },
  } satisfies ReadinessFacts);

/** A drill that recovered the table. */
export const pastRun = (changed: Partial<PastRun> = {}): PastRun => ({
  procedure: 'pointInTimeRecovery',
  resource: 'database.shandi',
  drill: true,
  workflowId: 'drill.recover.database.shandi',
  runId: '0199-1',
  state: 'completed',
  verdict: 'met',
  mode: 'recover',
  planHash: 'then',
  startedAt: ago(3 * day + minute),
  endedAt: ago(3 * day),
  tier: 'P1',
  rto: 15 * minute,
  achievedRto: 7_000,
  achievedRpo: 6_000,
  failedStep: false,
  notNeeded: false,
  ...changed,
});
