/** The single looks a round is made of. Each is bounded on our side and answers in words; none ever throws. */
import { ApplicationFailure } from '@temporalio/common';
import { Client, DatabaseError, escapeIdentifier, type ClientConfig } from 'pg';
import type { Database } from '../../plan';
import type { PrimarySample } from '../../workflows/contracts/cluster';
import type { ProbeAnswer, Round } from '../../workflows/contracts/guard';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { problemOf } from '../../workflows/contracts/errors';
import { containerFacts, findService } from '../shared/containers';
import { withEnginePatience } from '../shared/engine';
import { secret } from '../shared/secrets';
import { isoSql, timelineSql } from '../shared/sql';

export interface Reachable {
  host: string;
  port: number;
}

async function connectionTo(database: Database, to: Reachable, timeoutMs: number): Promise<ClientConfig> {
  return {
    ...to,
    database: database.clientPath.database,
    user: database.clientPath.user,
    password: await secret(database.clientPath.password),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  };
}

/** One connection of its own, as a new client would make it: a postmaster that hangs still has backends that work. */
async function asking<T>(config: ClientConfig, timeoutMs: number, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(config);
  client.on('error', () => undefined);
  let limit: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Silence(timeoutMs)), timeoutMs);
  });
  const work = client.connect().then(() => ask(client));
  work.catch(() => undefined);
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(limit);
    // Not awaited: a server that hangs would hold us up.
    void client.end().catch(() => undefined);
  }
}

class Silence extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

type Said = Pick<ProbeAnswer, 'answer' | 'says' | 'sqlState'>;

/** Errors by which the way there fails, not who is at its end: nobody has answered (errno(3)). */
const noWay = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Errors on our side of the network: nobody was asked. A secret that cannot be read must not look like a dead primary. */
const own = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EACCES', 'EPERM']);

/** An SQL error is an answer: somebody is there. A refused connection and silence are none. */
export function classify(error: unknown): Said {
  const { message, code } = error as Error & { code?: string };
  // By its class: the name of an error of the network, such as EPIPE, can look like an SQLSTATE.
  if (error instanceof DatabaseError) return { answer: 'error', says: message, ...(code ? { sqlState: code } : {}) };
  if (error instanceof ApplicationFailure || own.has(code ?? '')) return { answer: 'unknown', says: message };
  if (error instanceof Silence || /timeout|timed out/i.test(message) || noWay.has(code ?? ''))
    return { answer: 'silent', says: message };
  return { answer: 'refused', says: code && !message.includes(code) ? `${code} ${message}`.trim() : message };
}

async function timed(probe: ProbeAnswer['probe'], look: () => Promise<Said>): Promise<ProbeAnswer> {
  const began = Date.now();
  const said = await look().catch(classify);
  return { probe, ...said, tookMs: Date.now() - began };
}

/**
 * A committed row straight on the primary, and where it stands then. `synchronous_commit = local`: whether the server lives
 * is asked, not whether its standbys do.
 */
export async function directProbe(
  database: Database,
  to: Reachable,
  timeoutMs: number,
  observer: string,
): Promise<{ answer: ProbeAnswer; sample?: PrimarySample }> {
  let sample: PrimarySample | undefined;
  const answer = await timed('direct', async () => {
    const config = await connectionTo(database, to, timeoutMs);
    const table = escapeIdentifier(database.heartbeatTable);
    const row = await asking({ ...config, options: '-c synchronous_commit=local' }, timeoutMs, async (client) => {
      const written = await client.query<{ at: string }>(
        `INSERT INTO ${table} (node) VALUES ($1) RETURNING ${isoSql('at')} AS at`,
        [`guard-${observer}`],
      );
      const stands = await client.query<Omit<PrimarySample, 'service' | 'at' | 'heartbeatAt'>>(
        `SELECT pg_current_wal_lsn()::text AS lsn, ${timelineSql} AS timeline, pg_snapshot_xmax(pg_current_snapshot())::text AS "nextXid",
           (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier"`,
      );
      return { heartbeatAt: written.rows[0]?.at ?? '', ...stands.rows[0]! };
    });
    sample = { service: database.service, ...row, at: new Date().toISOString() };
    return { answer: 'ok', says: `writes at ${row.lsn}` };
  });
  return { answer, ...(sample ? { sample } : {}) };
}

/** A committed row the way clients go. */
export const clientPathProbe = (database: Database, timeoutMs: number, observer: string): Promise<ProbeAnswer> =>
  timed('client-path', async () => {
    const { host, port, database: pooled } = database.clientPath;
    const config = { ...(await connectionTo(database, { host, port }, timeoutMs)), database: pooled };
    const table = escapeIdentifier(database.heartbeatTable);
    await asking(config, timeoutMs, (client) =>
      client.query(`INSERT INTO ${table} (node) VALUES ($1)`, [`guard-${observer}-client`]),
    );
    return { answer: 'ok', says: 'committed' };
  });

/** How far a standby has received, and that it is one. */
export async function standbyProbe(
  database: Database,
  to: Reachable & { service: string },
  timeoutMs: number,
): Promise<{ answer: ProbeAnswer; receivedLsn?: string }> {
  let receivedLsn: string | undefined;
  const answer = await timed('standby', async () => {
    const config = await connectionTo(database, to, timeoutMs);
    const { rows } = await asking(config, timeoutMs, (client) =>
      client.query<{ recovering: boolean; lsn: string | null }>(
        `SELECT pg_is_in_recovery() AS recovering,
           CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text END AS lsn`,
      ),
    );
    if (!rows[0]?.recovering) return { answer: 'error', says: `${to.service} is no standby: it takes writes` };
    receivedLsn = rows[0].lsn ?? '0/0';
    return { answer: 'ok', says: `${to.service} has received ${receivedLsn}` };
  });
  return { answer, ...(receivedLsn ? { receivedLsn } : {}) };
}

/** What the engine says of the primary's container. */
export async function engineProbe(
  at: DatabaseAt,
  timeoutMs: number,
): Promise<{ answer: ProbeAnswer; container?: Round['container'] }> {
  let container: Round['container'];
  const answer = await timed('engine', async () => {
    try {
      const info = await withEnginePatience(timeoutMs, () => findService(at.site, at.database.service));
      const facts = info && containerFacts(info, at.database.dataDirectory);
      container = {
        exists: facts !== undefined,
        running: facts?.running ?? false,
        paused: facts?.paused ?? false,
        exitCode: facts?.exitCode ?? 0,
        oomKilled: info?.State.OOMKilled ?? false,
        restartPolicy: facts?.restartPolicy ?? '',
      };
    } catch (error) {
      return { answer: 'silent', says: problemOf(error).message };
    }
    return { answer: 'ok', says: stateWords(container) };
  });
  return { answer, ...(container ? { container } : {}) };
}

/** The state of a container in words. */
export function stateWords(container: NonNullable<Round['container']>): string {
  if (!container.exists) return 'its container is gone';
  if (container.paused) return 'its container is paused';
  if (container.running) return 'its container runs';
  return `its container has exited with ${container.exitCode}${container.oomKilled ? ', out of memory' : ''}`;
}
