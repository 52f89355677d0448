import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { execIn, type ExecOptions, type ExecResult } from './exec';
import { warm } from './session';

export interface PsqlOptions extends Pick<ExecOptions, 'signal' | 'timeoutMs'> {
  /** Default `postgres`. */
  database?: string;
  /** `lock_timeout` of the session, milliseconds (default 2 000): an excluded DROP still holds its lock on a paused copy. */
  lockTimeoutMs?: number;
  /**
   * Ask in a session that stays open for the next question. Each text must then be one statement, and doing the whole again
   * must be safe, for a session can turn out to be one with a server that is gone.
   */
  warm?: boolean;
}

/**
 * Asks a server for one JSON value through `psql` on the local socket inside its container: needs no network, port or
 * password, so it works on an isolated copy and on a fenced server alike. `sql` must select exactly one JSON value;
 * put data into it with `escapeLiteral`/`escapeIdentifier` of `pg`, never by hand.
 * @throws DR-DATABASE-DOWN (retryable) when the server does not answer, DR-SQL when it answers with an error
 */
export async function queryJson<T>(
  site: Site,
  container: string,
  sql: string | string[],
  options: PsqlOptions = {},
): Promise<T> {
  const text = await psql(site, container, sql, options);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw drFailure(
      'DR-SQL',
      `container ${container} answered ${JSON.stringify(text.slice(0, 200))}, expected one JSON value`,
    );
  }
}

/**
 * Runs SQL for its effect; returns the unaligned output. Several texts run one after the other in one session, and each
 * commits by itself; statements inside one text share a transaction (psql manual, `-c`).
 */
export async function psql(
  site: Site,
  container: string,
  sql: string | string[],
  options: PsqlOptions = {},
): Promise<string> {
  const statements = [sql].flat();
  const asked = { database: 'postgres', lockTimeoutMs: 2000, timeoutMs: 30_000, ...options };
  const result =
    (asked.warm ? await inSession(site, container, statements, asked) : undefined) ??
    (await inProgram(site, container, statements, asked));
  if (result.exitCode === 0) return result.stdout.trim();
  const said = result.stderr.trim().slice(0, 500);
  // psql exits 2 when it could not connect, 3 when a statement failed (psql manual, "Exit Status").
  if (result.exitCode === 2)
    throw drFailure('DR-DATABASE-DOWN', `container ${container} does not take connections: ${said}`, { retry: true });
  throw drFailure('DR-SQL', `container ${container} answered: ${said}`);
}

/** What is asked for, with nothing left open. */
type Asked = PsqlOptions & Required<Pick<PsqlOptions, 'database' | 'lockTimeoutMs' | 'timeoutMs'>>;

/** undefined: the session is busy, or it was one with a server that has gone away since. */
async function inSession(
  site: Site,
  container: string,
  statements: string[],
  { database, lockTimeoutMs, timeoutMs, signal }: Asked,
): Promise<ExecResult | undefined> {
  signal?.throwIfAborted();
  const session = await warm(site, container, database);
  if (session.busy) return undefined;
  const fresh = session.asked === 0;
  const answer = await session.ask([`SET lock_timeout = ${lockTimeoutMs}`, ...statements], timeoutMs, signal);
  if ('output' in answer) return { exitCode: 0, stdout: answer.output, stderr: '' };
  // One that was open before this question may have been one with a server that has gone away since.
  return fresh || answer.ended.exitCode === 3 ? answer.ended : undefined;
}

async function inProgram(
  site: Site,
  container: string,
  statements: string[],
  { database, lockTimeoutMs, timeoutMs, signal }: Asked,
): Promise<ExecResult> {
  const command = [
    'psql',
    '-X',
    '-q',
    '-t',
    '-A',
    '-v',
    'ON_ERROR_STOP=1',
    '-d',
    database,
    ...statements.flatMap((text) => ['-c', text]),
  ];
  return execIn(site, container, command, {
    user: 'postgres',
    env: [`PGOPTIONS=-c lock_timeout=${lockTimeoutMs}`, 'PGCONNECT_TIMEOUT=5'],
    ...(signal ? { signal } : {}),
    timeoutMs,
  });
}
