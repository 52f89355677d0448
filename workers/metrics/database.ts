/** The servers of a database at a site: their role, the WAL archive of a primary, and how far its standbys are. */
import type { Database, Plan, Site } from '../../plan';
import { findService } from '../../activities/shared/containers';
import { withEnginePatience } from '../../activities/shared/engine';
import { queryJson } from '../../activities/shared/psql';
import { membersOf } from '../../workflows/contracts/members';
import { databaseResource } from '../../workflows/contracts/names';
import type { Sheet } from './sheet';

export interface ServerReading {
  inRecovery: boolean;
  /** Unix seconds; null: not since the statistics were reset. Absent on a standby, which archives nothing. */
  archive?: {
    lastArchivedAt: number | null;
    lastFailedAt: number | null;
    archived: number;
    failed: number;
    ready: number;
  };
  /** Those that stream, or try to, by the name they give; of a primary. */
  standbys: { name: string; state: string; lagBytes: number | null; lagSeconds: number | null }[];
}

/** An engine or a server that has not answered by then does not answer, milliseconds. */
const patienceMs = 2_500;

/**
 * The lag in seconds is the server's own (`replay_lag`): none is measured while there is nothing to replay, so a standby that
 * has everything has a lag of 0.
 */
const sql = `SELECT jsonb_build_object('inRecovery', pg_is_in_recovery()) || CASE WHEN pg_is_in_recovery()
  THEN jsonb_build_object('standbys', '[]'::jsonb)
  ELSE jsonb_build_object(
    'archive', (SELECT jsonb_build_object('lastArchivedAt', extract(epoch FROM last_archived_time), 'lastFailedAt', extract(epoch FROM last_failed_time),
        'archived', archived_count, 'failed', failed_count,
        'ready', (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')) FROM pg_stat_archiver),
    'standbys', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', application_name, 'state', state,
        'lagBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn),
        'lagSeconds', coalesce(extract(epoch FROM replay_lag), CASE WHEN replay_lsn >= pg_current_wal_lsn() THEN 0 END))), '[]'::jsonb)
      FROM pg_stat_replication)) END`;

/** A server that can be at this site: a member of the database, or what takes its place there. */
export interface ServerAt {
  database: Database;
  service: string;
}

/** Servers of the plan's databases at a site. */
export function serversAt(plan: Plan, site: Site): ServerAt[] {
  return plan.databases.flatMap((database) =>
    allServers(plan, database)
      .filter((one) => one.site === site.name)
      .map(({ service }) => ({ database, service })),
  );
}

/** Every server that holds a database, wherever it is. */
const allServers = (plan: Plan, database: Database): { service: string; site: string }[] => [
  ...membersOf(database),
  ...plan.sites.flatMap(({ name, standIns }) =>
    standIns.filter((one) => one.replaces === database.name).map(({ service }) => ({ service, site: name })),
  ),
];

/** Asks one server. @throws with the reason why it does not answer */
export async function readServer(site: Site, service: string, signal: AbortSignal): Promise<ServerReading> {
  const info = await withEnginePatience(patienceMs, () => findService(site, service));
  if (!info) throw new Error(`${service} has no container`);
  if (!info.State.Running || info.State.Paused)
    throw new Error(`the container of ${service} is ${info.State.Paused ? 'paused' : 'not running'}`);
  return queryJson<ServerReading>(site, info.Id, sql, { signal, timeoutMs: patienceMs });
}

/** Puts what a server has said. Pure. */
export function putServer(sheet: Sheet, plan: Plan, { database, service }: ServerAt, reading: ServerReading): void {
  const of = { resource: databaseResource(database.name), server: service };
  sheet.put('dr_database_in_recovery', of, reading.inRecovery ? 1 : 0);
  if (reading.inRecovery) return;
  const { archive } = reading;
  if (archive) {
    sheet.put('dr_archive_last_archived_timestamp_seconds', of, archive.lastArchivedAt ?? 0);
    sheet.put('dr_archive_last_failed_timestamp_seconds', of, archive.lastFailedAt ?? 0);
    sheet.put('dr_archive_ready_segments', of, archive.ready);
    sheet.put('dr_archive_archived_total', of, archive.archived);
    sheet.put('dr_archive_failed_total', of, archive.failed);
  }
  for (const { service: standby } of allServers(plan, database)) {
    if (standby === service) continue;
    const labels = { ...of, standby };
    const seen = reading.standbys.find((one) => one.name === standby && one.state === 'streaming');
    sheet.put('dr_replication_streaming', labels, seen ? 1 : 0);
    if (seen?.lagBytes != null) sheet.put('dr_replication_lag_bytes', labels, Math.max(0, seen.lagBytes));
    if (seen?.lagSeconds != null) sheet.put('dr_replication_lag_seconds', labels, seen.lagSeconds);
  }
}
