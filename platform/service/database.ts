import pg from 'pg';
import { HttpError } from './http';

// Counts and identity keys stay far below 2^53: plain numbers are easier on clients than strings.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * The service's connections to the database, through the pooler (`PGHOST`, `PGPORT`, … of the environment).
 *
 * Every wait is bounded on this side: a pause of the pooler shorter than 5 s (a planned switchover) is only a delay; when
 * it lasts longer or the database is away, a request fails with 503 and the next one tries again. A query that timed out takes its connection with it, so the pooler
 * drops it from its queue and it is not run later behind the client's back.
 */
export class Database {
  private readonly pool = new pg.Pool({
    max: 8,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });

  constructor() {
    // An idle connection that breaks is replaced at the next use; unheard, the event would end the process.
    this.pool.on('error', () => undefined);
  }

  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, values)).rows;
  }

  /**
   * When the database committed a transaction, in UTC with microseconds: the time recovery compares its target with.
   *
   * @returns null when the answer could not be had; the transaction is committed all the same
   */
  async committedAt(xid: string): Promise<string | null> {
    try {
      const rows = await this.rows<{ at: string | null }>(
        `SELECT to_char(pg_xact_commit_timestamp($1::text::xid8::xid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
        [xid],
      );
      return rows[0]?.at ?? null;
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

const OURS: Record<string, [number, string]> = {
  '22P02': [400, 'a value has the wrong form'],
  '22003': [400, 'a number is out of range'],
  '23502': [400, 'a value is missing'],
  '23503': [422, 'what it refers to does not exist'],
  '23505': [409, 'it exists already'],
  '23514': [400, 'a value is not allowed'],
  '42P01': [500, 'a table is missing'],
};

/** The answer to an error of the database: the client's fault, ours, or 503 with "try again" when it is away. */
export function databaseError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = OURS[code];
  if (known) return new HttpError(known[0], known[1]);
  // 08: connection, 25006: read-only, 53: resources, 57: shutdown; the rest are socket and time-out errors.
  const away =
    /^(08|53|57)/.test(code) ||
    ['25006', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(
      code,
    ) ||
    /timeout|terminated|not queryable|closed|server_login_retry|query_wait/i.test(error.message);
  return away ? new HttpError(503, 'the database is not available') : undefined;
}
