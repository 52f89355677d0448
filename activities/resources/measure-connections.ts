import type { ConnectionUse } from '../../workflows/contracts/resources';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { Admin } from '../shared/pooler-admin';
import { queryJson } from '../shared/psql';

export interface MeasureConnections extends DatabaseAt {
  /** Sessions idle in a transaction for longer are named, milliseconds. */
  idleMs: number;
}

/** Sessions that a transaction keeps open for nothing; also those that failed and were not ended. */
const idleSql = (idleMs: number): string => `SELECT coalesce(json_agg(json_build_object(
    'pid', pid, 'startedAt', to_json(backend_start), 'user', usename, 'application', coalesce(application_name, ''),
    'idleMs', round(extract(epoch FROM clock_timestamp() - state_change) * 1000)) ORDER BY state_change), '[]')
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
    AND state_change < clock_timestamp() - interval '${Math.round(idleMs)} milliseconds'`;

const byClientSql = `SELECT coalesce(json_agg(one ORDER BY one.count DESC), '[]') FROM (
  SELECT coalesce(nullif(application_name, ''), usename, 'unknown') || ' (' || coalesce(state, 'unknown') || ')' AS client, count(*) AS count
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 2 DESC LIMIT 8) AS one`;

/**
 * Counts the connections of a database server and says who has them. Asked on the socket inside its container as an
 * administrator, for whom PostgreSQL keeps some apart: it answers although clients get none.
 * @throws DR-DATABASE-DOWN, DR-SQL, DR-ENGINE
 */
export async function measureConnections(args: MeasureConnections): Promise<ConnectionUse> {
  const { site, database, idleMs } = args;
  return withHeartbeat(`counting connections of ${database.name}`, async (_beat, signal) => {
    const container = await databaseContainer(args);
    const seen = await queryJson<Omit<ConnectionUse, 'waiting' | 'database' | 'service'>>(
      site,
      container.Id,
      `SELECT json_build_object(
        'used', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
        'most', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
        'byClient', (${byClientSql}), 'idle', (${idleSql(idleMs)}))`,
      { signal },
    );
    return { database: database.name, service: database.service, ...seen, waiting: await waitingAt(args) };
  });
}

/** Clients that the pooler keeps waiting for a connection to the server; a pooler that does not answer is not what is measured. */
async function waitingAt(at: MeasureConnections): Promise<number | null> {
  try {
    const pools = await Admin.use(at, (admin) => admin.run('SHOW POOLS'));
    return pools.reduce((sum, pool) => sum + Number(pool['cl_waiting'] ?? 0), 0);
  } catch {
    return null;
  }
}
