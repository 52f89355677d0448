import { cancellationSignal } from '@temporalio/activity';
import type { ContainerFacts, DatabaseAt, DatabaseFacts } from '../../workflows/contracts/recovery';
import { problemOf } from '../../workflows/contracts/errors';
import { composeVariable } from '../shared/compose';
import { containerFacts, findService } from '../shared/containers';
import { readColdVolume } from '../shared/control-data';
import { queryJson } from '../shared/psql';
import { isoSql, lastCommitSql, positionSql, timelineSql } from '../shared/sql';
import { newestHeartbeat } from './heartbeat-row';

/** Settings that a server replaying WAL must have at least as high as the primary (PostgreSQL manual 26.4.3). */
const standbySettings = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
];

type Answer = Omit<DatabaseFacts, 'answered' | 'problem' | 'container' | 'lastCommitAt'> & {
  lastCommitAt: string | null;
};

/**
 * State of the database's server: from itself in one round trip, else (`answered: false`) from its container and its
 * data directory, which is only read. Facts that only a running server knows are then empty.
 */
export async function readDatabase(at: DatabaseAt): Promise<DatabaseFacts> {
  const signal = cancellationSignal();
  const info = await findService(at.site, at.database.service);
  const container = info ? containerFacts(info, at.database.dataDirectory) : undefined;
  if (!container?.running || container.paused)
    return readDead(
      at,
      container,
      container ? `its container is ${container.paused ? 'paused' : 'not running'}` : 'it has no container',
    );
  try {
    const { lastCommitAt: committed, ...facts } = await ask(at, container.id, signal);
    const lastCommitAt = committed ?? (await newestHeartbeat(at, container.id));
    return { answered: true, container, ...facts, ...(lastCommitAt ? { lastCommitAt } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    return readDead(at, container, problemOf(error).message);
  }
}

async function ask(at: DatabaseAt, container: string, signal: AbortSignal): Promise<Answer> {
  const sql = factsSql(at.database.version);
  const options = { signal, timeoutMs: 10_000 };
  try {
    return await queryJson<Answer>(at.site, container, sql, { ...options, database: at.database.database });
  } catch (error) {
    // A server without its application database still answers: that may be the very damage.
    if (!problemOf(error).message.includes('does not exist')) throw error;
    return queryJson<Answer>(at.site, container, sql, options);
  }
}

function factsSql(version: number): string {
  // Collation versions of databases are recorded since PostgreSQL 15.
  const collations =
    version >= 15
      ? `(SELECT coalesce(json_agg(json_build_object('database', datname, 'recorded', datcollversion,
          'actual', pg_database_collation_actual_version(oid)) ORDER BY datname), '[]') FROM pg_database WHERE datallowconn)`
      : `'[]'::json`;
  const settings = standbySettings.map((name) => `'${name}', current_setting('${name}')::int`).join(', ');
  return `SELECT json_build_object(
    'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
    'timeline', ${timelineSql},
    'inRecovery', pg_is_in_recovery(),
    'lsn', ${positionSql},
    'nextXid', pg_snapshot_xmax(pg_current_snapshot())::text,
    'now', ${isoSql('clock_timestamp()')},
    'version', current_setting('server_version'),
    'checksums', current_setting('data_checksums') = 'on',
    'databaseBytes', (SELECT sum(pg_database_size(oid)) FROM pg_database),
    'settings', json_build_object(${settings}),
    'archive', (SELECT json_strip_nulls(json_build_object('mode', current_setting('archive_mode'),
        'lastArchivedSegment', last_archived_wal, 'lastArchivedAt', ${isoSql('last_archived_time')},
        'failedCount', failed_count, 'lastFailedAt', ${isoSql('last_failed_time')},
        'oldestReadyMs', (SELECT round(max(extract(epoch FROM clock_timestamp() - modification)) * 1000)
            FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'),
        'ready', (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'))) FROM pg_stat_archiver),
    'lastCommitAt', ${isoSql(lastCommitSql)},
    'collations', ${collations},
    'tablespaces', (SELECT coalesce(json_agg(spcname ORDER BY spcname), '[]') FROM pg_tablespace WHERE spcname NOT LIKE 'pg\\_%'),
    'preload', (SELECT coalesce(json_agg(trim(one)), '[]') FROM unnest(string_to_array(current_setting('shared_preload_libraries'), ',')) one
        WHERE trim(one) <> ''),
    'extensions', (SELECT coalesce(json_agg(extname ORDER BY extname), '[]') FROM pg_extension),
    'standbys', (SELECT coalesce(json_agg(json_build_object('name', application_name, 'state', state,
        'replayLsn', coalesce(replay_lsn::text, ''))), '[]') FROM pg_stat_replication))`;
}

async function readDead(at: DatabaseAt, container: ContainerFacts | undefined, why: string): Promise<DatabaseFacts> {
  const facts: DatabaseFacts = {
    answered: false,
    problem: `service ${at.database.service} at site ${at.site.name} does not answer: ${why}`,
    ...(container ? { container } : {}),
    systemIdentifier: '',
    timeline: 0,
    inRecovery: false,
    lsn: '0/0',
    now: new Date().toISOString(),
    version: String(at.database.version),
    checksums: false,
    databaseBytes: 0,
    settings: {},
    archive: { mode: '', failedCount: 0, ready: 0 },
    collations: [],
    tablespaces: [],
    preload: [],
    extensions: [],
    standbys: [],
  };
  const volume = container?.dataVolume ?? (await composeVariable(at.site, at.database.volumeVariable));
  if (!volume || !container) return facts;
  try {
    const cold = await readColdVolume(at.site, {
      image: container.imageId,
      volume,
      dataDirectory: at.database.dataDirectory,
      signal: cancellationSignal(),
    });
    return {
      ...facts,
      systemIdentifier: cold.systemIdentifier,
      timeline: cold.timeline,
      inRecovery: cold.state.includes('recovery'),
      lsn: cold.checkpointLsn,
      version: cold.version,
      checksums: cold.checksums,
      databaseBytes: cold.bytes,
      settings: Object.fromEntries(Object.entries(cold.settings).filter(([name]) => standbySettings.includes(name))),
      tablespaces: cold.tablespaces,
    };
  } catch (error) {
    cancellationSignal().throwIfAborted();
    // Nothing is left to ask: the caller decides what it can do without these facts.
    return {
      ...facts,
      problem: `${facts.problem}; its volume ${volume} could not be read either: ${problemOf(error).message}`,
    };
  }
}
