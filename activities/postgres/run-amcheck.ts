import type { DatabaseAt, Inspection } from '../../workflows/contracts/recovery';
import { problemOf } from '../../workflows/contracts/errors';
import { execIn } from '../shared/exec';
import { psql } from '../shared/psql';

export interface AmcheckOptions {
  /** Only these tables with their indexes; default: all of the application database, catalogs included. */
  only?: string[];
  /** Also check that children and parents of an index agree; needs locks that a standby does not give. */
  parentCheck: boolean;
  signal?: AbortSignal;
}

/**
 * `pg_amcheck` on a server: every heap page and every index entry against its heap row. Relations that the startup process
 * has locked are left out and named, because reading them would hang until the promotion. Without the extension in the
 * database nothing can be looked at, which is neither damage nor its absence: `checked` is false.
 */
export async function runAmcheck(
  at: DatabaseAt,
  container: string,
  options: AmcheckOptions,
): Promise<{ verdict: Inspection['amcheck']; output: string }> {
  const began = Date.now();
  const database = at.database.database;
  const nothing = { relations: 0, skipped: [], findings: [] };
  const since = (): { durationMs: number } => ({ durationMs: Date.now() - began });
  let locked: { name: string; kind: string }[];
  try {
    const text = await psql(at.site, container, lockedSql, {
      database,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const facts = JSON.parse(text) as { installed: boolean; locked: { name: string; kind: string }[] };
    if (!facts.installed) {
      const output = `extension amcheck is not installed in ${database}: CREATE EXTENSION amcheck there, then damage inside pages can be found`;
      return { verdict: { ...nothing, ok: true, checked: false, skipped: [output], ...since() }, output };
    }
    locked = facts.locked;
  } catch (error) {
    options.signal?.throwIfAborted();
    const output = problemOf(error).message;
    return { verdict: { ...nothing, ok: false, checked: true, findings: [output], ...since() }, output };
  }
  const skip = locked.flatMap((one) => [one.kind === 'i' ? '--exclude-index' : '--exclude-table', one.name]);
  const only = (options.only ?? []).flatMap((table) => ['--table', table]);
  const result = await execIn(
    at.site,
    container,
    [
      ...['pg_amcheck', '--database', database, '--jobs', '2', '--heapallindexed', '--progress', '--no-strict-names'],
      ...(options.parentCheck ? ['--parent-check'] : []),
      ...only,
      ...skip,
    ],
    {
      user: 'postgres',
      env: ['LC_ALL=C', 'PGOPTIONS=-c lock_timeout=2000'],
      timeoutMs: 4 * 3_600_000,
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  const counted = [...result.stderr.matchAll(/(\d+)\/(\d+) relations/g)].at(-1);
  const findings = [
    ...result.stdout.split('\n').filter((line) => line.trim() !== ''),
    // 2: damage was found, printed on standard output. Anything else but 0: it could not finish.
    ...(result.exitCode === 0 || result.exitCode === 2 ? [] : [lastLines(result.stderr)]),
  ];
  return {
    verdict: {
      ok: result.exitCode === 0,
      checked: true,
      relations: Number(counted?.[1] ?? 0),
      skipped: locked.map((one) => one.name),
      findings: findings.slice(0, 20),
      ...since(),
    },
    output: `exit code ${result.exitCode}\n${result.stdout}\n${result.stderr.replaceAll('\r', '\n')}`,
  };
}

const lastLines = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/relations \(/.test(line))
    .slice(-3)
    .join(' | ');

const lockedSql = `SELECT json_build_object(
  'installed', EXISTS (SELECT FROM pg_extension WHERE extname = 'amcheck'),
  'locked', (SELECT coalesce(json_agg(json_build_object('name', format('%I.%I', n.nspname, c.relname), 'kind', c.relkind)), '[]')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.backend_type = 'startup' AND l.mode = 'AccessExclusiveLock' AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relkind IN ('r', 'm', 'i')
      AND n.nspname <> 'pg_toast'))`;
