import type { AccessFacts, PastFacts, RepositoryFacts } from '../../workflows/contracts/readiness';
import type { BackupFacts } from '../../workflows/contracts/recovery';
import { certificate } from './fake-configuration';
import type { FakeSite } from './fake-site';
import { redisBackup } from './fake-store';

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const [minute, day] = [60_000, 86_400_000];

/** A backup that ended so long ago. */
export const backupOf = (
  kind: BackupFacts['kind'],
  ageMs: number,
  changed: Partial<BackupFacts> = {},
): BackupFacts => ({
  label: `${kind}-${ageMs}`,
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

/** What a readiness check asks beside what others ask: all is well. */
export class FakeReadiness {
  repository: RepositoryFacts = {
    backups: [backupOf('incr', 10 * minute), backupOf('full', 600 * minute)],
    windows: [{ from: ago(13 * day), until: ago(minute), backup: 'full' }],
    gaps: [],
    openEnded: true,
  };
  access: AccessFacts = { secrets: [{ what: 'password' }], paths: [{ what: 'env file', path: '.env' }] };
  /** Instead of what the reports of earlier runs say. */
  past: Partial<PastFacts> = {};

  answers() {
    return {
      inspectRepository: (): RepositoryFacts => this.repository,
      checkAccess: (): AccessFacts => this.access,
    };
  }
}

/** Backups of the last minutes, and a certificate for some weeks: the dates of the other fakes are those of an old incident. */
export function makeReady(site: FakeSite): void {
  const good = { ...certificate, notBefore: ago(day), notAfter: ago(-60 * day) };
  site.configuration.found = { certificates: [good], good };
  site.configuration.served = {
    running: true,
    fingerprint: good.fingerprint,
    notAfter: good.notAfter,
    says: 'it serves the one that lies there',
  };
  site.store.backups = [{ backup: { ...redisBackup, takenAt: ago(10 * minute) } }];
  site.configuration.bundles = site.configuration.bundles.map(({ backup }) => ({
    backup: { ...backup, takenAt: ago(10 * minute) },
  }));
}
