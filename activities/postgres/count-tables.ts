import { escapeLiteral } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { psql } from '../shared/psql';

export interface TableRows {
  /** `schema.table`, quoted where SQL needs it. */
  table: string;
  rows: number | null;
  bytes: number;
  /** The startup process holds it locked: the excluded transaction does, and does so until the promotion. */
  locked?: boolean;
  note?: string;
}

export interface CountOptions {
  /** Only these tables (`schema.table`); default: every user table. */
  only?: string[];
  /** Tables together larger than this are estimated, biggest first (default 2 GB). */
  exactBytes?: number;
  /** Milliseconds for all counts; what is left over is estimated (default 20 000). */
  budgetMs?: number;
  /** Milliseconds to wait for a lock (default 2 000). On a paused copy waiting is useless: nothing moves there. */
  lockTimeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Row counts of the user tables of a server, in one session. A table that the startup process has locked (an excluded
 * DROP or TRUNCATE still holds its lock on a paused copy) is not touched: its size comes from its file, its rows from
 * statistics. No error of one table spoils the others.
 */
export async function countTables(at: DatabaseAt, container: string, options: CountOptions = {}): Promise<TableRows[]> {
  const budget = options.budgetMs ?? 20_000;
  const only = options.only
    ? `AND format('%I.%I', n.nspname, c.relname) = ANY (ARRAY[${options.only.map(escapeLiteral).join(', ')}]::text[])`
    : '';
  const statements = [
    'SET default_transaction_read_only = on',
    // One parallel worker less than the machine has would still be one too many beside a server that serves clients.
    'SET max_parallel_workers_per_gather = 1',
    `DO $dr$
    DECLARE
      one record; n bigint; note text; result jsonb := '[]'; total numeric := 0; began timestamptz := clock_timestamp();
      locked oid[] := ARRAY(SELECT l.relation FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE a.backend_type = 'startup' AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.relation IS NOT NULL
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()));
    BEGIN
      FOR one IN
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.reltuples, c.relpages, c.oid = ANY (locked) AS locked,
          coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0) AS bytes
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ${only}
        ORDER BY bytes
      LOOP
        -- A file holds at most 1 GB: of a larger table only the first one is seen, and relpages tells more.
        one.bytes := greatest(one.bytes, one.relpages::bigint * current_setting('block_size')::int);
        total := total + one.bytes; n := NULL; note := NULL;
        IF one.locked THEN
          note := 'locked by the excluded transaction: counted after promotion'
            || CASE WHEN one.reltuples >= 0 THEN format('; about %s by its statistics', one.reltuples::bigint) ELSE '' END;
        ELSIF total > ${options.exactBytes ?? 2_147_483_648} OR clock_timestamp() > began + interval '${budget} milliseconds' THEN
          n := nullif(one.reltuples, -1)::bigint; note := 'estimated by its statistics';
        ELSE
          BEGIN
            EXECUTE 'SELECT count(*) FROM ' || one.name INTO n;
          EXCEPTION
            WHEN undefined_table THEN CONTINUE;
            WHEN lock_not_available THEN n := NULL; note := 'locked by another transaction: not counted';
            WHEN OTHERS THEN n := NULL; note := 'not counted: ' || SQLERRM;
          END;
        END IF;
        result := result || jsonb_strip_nulls(jsonb_build_object('table', one.name, 'n', n, 'bytes', one.bytes,
          'locked', CASE WHEN one.locked THEN true END, 'note', note));
      END LOOP;
      PERFORM set_config('dr.result', result::text, false);
    END $dr$`,
    `SELECT current_setting('dr.result')`,
  ];
  const text = await psql(at.site, container, statements, {
    database: at.database.database,
    lockTimeoutMs: options.lockTimeoutMs ?? 2000,
    timeoutMs: budget + 60_000,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const found = JSON.parse(text) as (Omit<TableRows, 'rows'> & { n?: number })[];
  return found.map((one) => ({
    table: one.table,
    rows: one.n ?? null,
    bytes: one.bytes,
    ...(one.locked ? { locked: true } : {}),
    ...(one.note ? { note: one.note } : {}),
  }));
}
