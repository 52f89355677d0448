/** How old the newest backups are, by kind, and how old the plan lets them become. */
import type { Database, Plan, Site, Store } from '../../plan';
import { longestPauseMs } from '../../plan/cron-pause';
import { bundleFolder } from '../../activities/files/bundle-file';
import { parseInfo } from '../../activities/pgbackrest/backups';
import { backupFolder, readManifests } from '../../activities/redis/backup-files';
import { readRecords, type BackupRecord } from '../../activities/shared/backup-files';
import { findService } from '../../activities/shared/containers';
import { withEnginePatience } from '../../activities/shared/engine';
import { execIn } from '../../activities/shared/exec';
import { bundleBackupSchema, type BundleKind } from '../../workflows/contracts/bundle';
import { membersOf } from '../../workflows/contracts/members';
import {
  certificatesResource,
  configurationResource,
  databaseResource,
  storeResource,
} from '../../workflows/contracts/names';
import type { BackupFacts } from '../../workflows/contracts/recovery';
import type { Sheet } from './sheet';

/** The newest backup of a type: Unix seconds and bytes. */
export interface Newest {
  completedAt: number;
  bytes: number;
}

export interface BackupReading {
  resource: string;
  /** By type, as the plan names it; absent: there is none. */
  newest: Record<string, Newest>;
}

/** An engine that has not answered by then does not answer, milliseconds. */
const patienceMs = 2_500;
const repositoryMs = 6_000;

const types: Record<BackupFacts['kind'], string> = { full: 'full', diff: 'differential', incr: 'incremental' };

/**
 * Asks pgBackRest in a container of the site that has the repository: what it lists, and nothing of the archive.
 * @throws with the reason why the repository does not answer
 */
export async function readRepository(site: Site, database: Database, signal: AbortSignal): Promise<BackupReading> {
  const { stanza, repositoryPath } = database.backup;
  const servers = membersOf(database).filter((one) => one.site === site.name);
  const found = await withEnginePatience(patienceMs, () =>
    Promise.all(servers.map(({ service }) => findService(site, service))),
  );
  const container = found.find(
    (one) =>
      one?.State.Running && !one.State.Paused && one.Mounts.some(({ Destination }) => Destination === repositoryPath),
  );
  if (!container) throw new Error('no server with the repository runs');
  const quiet = ['--log-level-console=off', '--log-level-stderr=error', '--log-level-file=off'];
  const { exitCode, stdout, stderr } = await execIn(
    site,
    container.Id,
    ['pgbackrest', ...quiet, `--stanza=${stanza}`, 'info', '--output=json'],
    { user: 'postgres', signal, timeoutMs: repositoryMs },
  );
  if (exitCode !== 0) throw new Error(`pgbackrest info ended with ${exitCode}: ${stderr.trim().slice(0, 200)}`);
  const info = parseInfo(stdout, stanza);
  if (!info || info.undecipherable) throw new Error(`stanza ${stanza} cannot be read: ${info?.status ?? 'not listed'}`);
  return { resource: databaseResource(database.name), newest: newestByType(info.backups) };
}

/** @param backups the newest first. One that has an error is none. */
export function newestByType(backups: BackupFacts[]): Record<string, Newest> {
  const newest: Record<string, Newest> = {};
  for (const { kind, stoppedAt, repositoryBytes, hasErrors } of backups)
    if (!hasErrors) newest[types[kind]] ??= { completedAt: Date.parse(stoppedAt) / 1000, bytes: repositoryBytes };
  return newest;
}

/** Reads what is written down of the backups of a store. */
export async function readStoreBackups(plan: Plan, store: Store): Promise<BackupReading> {
  const found = await readManifests(backupFolder(plan.backups.directory, store));
  return { resource: storeResource(store.name), newest: newestOf('rdb', found) };
}

/** Reads what is written down of the bundles of a kind; none is opened. */
export async function readBundles(plan: Plan, kind: BundleKind): Promise<BackupReading> {
  const found = await readRecords(bundleFolder(plan.backups, kind), bundleBackupSchema);
  return { resource: bundleResource[kind](), newest: newestOf(plan.backups[kind].kind, found) };
}

const bundleResource = { configuration: configurationResource, certificates: certificatesResource };

const newestOf = (type: string, [newest]: BackupRecord[]): Record<string, Newest> =>
  newest ? { [type]: { completedAt: Date.parse(newest.takenAt) / 1000, bytes: newest.bytes } } : {};

/** Backups that the plan has made by the clock, of one resource. Logical ones are on paper only. */
export function wantedBackups(plan: Plan, resource: string): { type: string; cron: string }[] {
  const { database, redis, configuration, certificates } = plan.backups;
  const of = (name: string, type: string, cron: string) => (name === resource ? [{ type, cron }] : []);
  return [
    ...database
      .filter((one) => one.kind !== 'logical')
      .flatMap((one) => of(databaseResource(one.database), one.kind, one.cron)),
    ...redis.flatMap((one) => of(storeResource(one.store), one.kind, one.cron)),
    ...of(configurationResource(), configuration.kind, configuration.cron),
    ...of(certificatesResource(), certificates.kind, certificates.cron),
  ];
}

/** What is as good as a backup of a type: a full one holds what an incremental one would, and while it is made none is begun. */
const asGood: Record<string, string[]> = {
  incremental: ['incremental', 'differential', 'full'],
  differential: ['differential', 'full'],
};

const leastGraceMs = 30 * 60_000;

/** How old a backup of a cron line may become, milliseconds: a daily one 26 hours. */
export function maxAgeMs(cron: string): number {
  const pause = longestPauseMs(cron);
  return pause + Math.max(leastGraceMs, pause / 12);
}

/** Puts how old the backups of a resource are and may be. Pure. */
export function putBackups(sheet: Sheet, plan: Plan, { resource, newest }: BackupReading): void {
  const wanted = wantedBackups(plan, resource);
  for (const type of new Set([...Object.keys(newest), ...wanted.map((one) => one.type)])) {
    const labels = { resource, type };
    const found = newest[type];
    const moments = (asGood[type] ?? [type]).map((one) => newest[one]?.completedAt ?? 0);
    sheet.put('dr_backup_last_completed_timestamp_seconds', labels, Math.max(...moments));
    if (found) sheet.put('dr_backup_last_size_bytes', labels, found.bytes);
    // Of several lines for one type the most frequent is what keeps it young.
    const ages = wanted.filter((one) => one.type === type).map(({ cron }) => maxAgeMs(cron));
    if (ages.length > 0) sheet.put('dr_backup_max_age_seconds', labels, Math.min(...ages) / 1000);
  }
}
