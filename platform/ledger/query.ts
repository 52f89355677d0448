import pg from 'pg';
import type { Query } from './verdict';

/**
 * A `Query` over a connection per statement, for one verdict's few statements.
 *
 * @param config usually the pooler: `connection(env, 'PGBOUNCER_PORT')`
 */
export function pgQuery(config: pg.ClientConfig): Query {
  return async (sql, values) => {
    const client = new pg.Client({ ...config, query_timeout: 60_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
}
