import { escapeLiteral } from 'pg';
import type { BusinessQuery } from '../../plan';
import type { DatabaseAt, Inspection } from '../../workflows/contracts/recovery';
import { psql } from '../shared/psql';

type Answers = Inspection['businessQueries'];

/**
 * Asks the plan's business queries of a server, read-only, in one session; each gets its own verdict.
 * @param lockTimeoutMs milliseconds to wait for a lock
 */
export async function askBusinessQueries(
  at: DatabaseAt,
  container: string,
  options: { lockTimeoutMs: number; signal?: AbortSignal },
): Promise<Answers> {
  const queries = at.database.businessQueries;
  if (queries.length === 0) return [];
  const statements = [
    'SET default_transaction_read_only = on',
    `DO $dr$
    DECLARE sql text; n numeric; note text; result jsonb := '[]';
    BEGIN
      FOREACH sql IN ARRAY ARRAY[${queries.map((one) => escapeLiteral(one.sql)).join(', ')}]::text[] LOOP
        n := NULL; note := NULL;
        BEGIN
          EXECUTE sql INTO n;
        EXCEPTION
          WHEN lock_not_available THEN note := 'reads a table that the excluded transaction still locks: asked after promotion';
          WHEN OTHERS THEN note := SQLERRM;
        END;
        result := result || jsonb_build_object('n', n, 'note', note);
      END LOOP;
      PERFORM set_config('dr.result', result::text, false);
    END $dr$`,
    `SELECT current_setting('dr.result')`,
  ];
  const text = await psql(at.site, container, statements, {
    database: at.database.database,
    lockTimeoutMs: options.lockTimeoutMs,
    timeoutMs: 60_000,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const answers = JSON.parse(text) as { n: number | null; note: string | null }[];
  return queries.map((query, index) =>
    judgeAnswer(query, answers[index]?.n ?? null, answers[index]?.note ?? undefined),
  );
}

/** Verdict on one answer: in the range the plan expects, or not, or not answered. */
export function judgeAnswer(query: BusinessQuery, value: number | null, note?: string): Answers[number] {
  const { min, max } = query.expect;
  const expected =
    min !== undefined && max !== undefined
      ? min === max
        ? `exactly ${min}`
        : `${min} to ${max}`
      : min !== undefined
        ? `at least ${min}`
        : max !== undefined
          ? `at most ${max}`
          : 'any number';
  const ok = value !== null && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
  const why = note ?? (value === null ? 'returned no number' : undefined);
  return { name: query.name, value, expected, ok, ...(why ? { note: why } : {}) };
}
