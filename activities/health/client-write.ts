import { Client, escapeIdentifier } from 'pg';
import type { ClientWrite, DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';
import { isoSql, timelineSql } from '../shared/sql';
import { until } from '../shared/until';

export interface ClientWriteArgs extends DatabaseAt {
  /** The server that must answer; anything else means clients still reach another one. */
  expect: { systemIdentifier: string; timeline: number };
  /** Milliseconds until clients must be served. */
  deadlineMs: number;
}

interface Identity {
  server: string | null;
  recovering: boolean;
  timeline: number;
  systemIdentifier: string;
}

const identitySql = `SELECT host(inet_server_addr()) || ':' || inet_server_port() AS server, pg_is_in_recovery() AS recovering,
  ${timelineSql} AS timeline, (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier"`;

/**
 * The proof that a recovery is done: one row committed and read back the way a real client goes, on the server that was
 * recovered. Tried again every 50 ms until the deadline, so the time it returns is the time clients were served again.
 * Nothing is written on a server of another identity.
 * @throws DR-CLIENT-WRITE with the last obstacle
 */
export async function clientWrite(args: ClientWriteArgs): Promise<ClientWrite> {
  const began = Date.now();
  return withHeartbeat('writing through the client path', async (_beat, signal) => {
    const password = await secret(args.database.clientPath.password);
    let obstacle = 'nothing was tried';
    return until(
      async () => {
        try {
          return { ...(await attempt(args, password)), durationMs: Date.now() - began };
        } catch (error) {
          obstacle = (error as Error).message;
          return undefined;
        }
      },
      {
        deadlineMs: args.deadlineMs,
        everyMs: 50,
        signal,
        onTimeout: () => {
          const { host, port, database } = args.database.clientPath;
          return drFailure(
            'DR-CLIENT-WRITE',
            `no committed write came back through ${host}:${port}/${database} within ${args.deadlineMs} ms; last: ${obstacle}`,
            { retry: true },
          );
        },
      },
    );
  });
}

async function attempt(args: ClientWriteArgs, password: string): Promise<Omit<ClientWrite, 'durationMs'>> {
  const { clientPath, heartbeatTable } = args.database;
  // Bounded on our side: a commit that waits for a missing standby obeys no time-out of the server.
  const client = new Client({
    host: clientPath.host,
    port: clientPath.port,
    database: clientPath.database,
    user: clientPath.user,
    password,
    connectionTimeoutMillis: 1000,
    query_timeout: 2000,
  });
  client.on('error', () => undefined);
  const table = escapeIdentifier(heartbeatTable);
  try {
    await client.connect();
    await client.query('BEGIN');
    const found = (await client.query<Identity>(identitySql)).rows[0];
    demandIdentity(args, found);
    const written = await client.query<{ id: string; at: string }>(
      `INSERT INTO ${table} (node) VALUES ('dr-client-write') RETURNING id::text AS id, ${isoSql('at')} AS at`,
    );
    await client.query('COMMIT');
    const row = written.rows[0];
    const back = await client.query(`SELECT FROM ${table} WHERE id = $1`, [row?.id]);
    if (!row || back.rowCount !== 1) throw new Error('the committed row could not be read back');
    return {
      id: row.id,
      server: found?.server ?? `${clientPath.host}:${clientPath.port}`,
      timeline: found?.timeline ?? 0,
      systemIdentifier: found?.systemIdentifier ?? '',
      committedAt: row.at,
    };
  } finally {
    // Not awaited: a pooler that hangs would hold us up.
    void client.end().catch(() => undefined);
  }
}

function demandIdentity(args: ClientWriteArgs, found: Identity | undefined): void {
  const { expect } = args;
  if (!found) throw new Error('the server did not say who it is');
  if (found.recovering) throw new Error(`${found.server ?? 'the server'} is in recovery, read-only`);
  if (found.systemIdentifier !== expect.systemIdentifier || found.timeline !== expect.timeline)
    throw new Error(
      `${found.server ?? 'a server'} answered with system ${found.systemIdentifier} on timeline ${found.timeline}, expected system ${expect.systemIdentifier} on timeline ${expect.timeline}`,
    );
}
