import pg from 'pg';

/** Tries again until `attempt` returns a value; Docker's own verdict comes only every 30 s. */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  { timeoutMs = 60_000, everyMs = 200 } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let reason = '';
  for (;;) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    }
    if (Date.now() > end)
      throw new Error(`${what}: not within ${timeoutMs / 1000} s${reason ? ` (last answer: ${reason})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** GET; the status, or undefined when nobody answers within two seconds. */
export async function httpStatus(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

/** Connection settings of a published PostgreSQL or pgbouncer port of a project. */
export function connection(
  env: Record<string, string>,
  port: 'POSTGRES_PORT' | 'STANDBY_PORT' | 'PGBOUNCER_PORT',
): pg.ClientConfig {
  return {
    host: '127.0.0.1',
    port: Number(env[port]),
    database: 'theshandi_db',
    user: 'theshandi_user',
    password: env['PG_PASSWORD'],
    connectionTimeoutMillis: 2000,
    query_timeout: 10_000,
  };
}

/** One statement over a connection of its own. */
export async function queryOnce<T extends pg.QueryResultRow>(
  config: pg.ClientConfig,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client(config);
  // Unheard, the error event of a connection that breaks would end the process; the query's own error says it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
