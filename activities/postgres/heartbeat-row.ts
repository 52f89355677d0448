import { escapeIdentifier, escapeLiteral } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { psql } from '../shared/psql';
import { isoSql } from '../shared/sql';

/** Time of the newest heartbeat row; undefined when the table is not there, locked or empty. */
export async function newestHeartbeat(at: DatabaseAt, container: string): Promise<string | undefined> {
  const sql = `SELECT ${isoSql('max(at)')} FROM ${escapeIdentifier(at.database.heartbeatTable)}`;
  const options = { database: at.database.database, lockTimeoutMs: 200, timeoutMs: 5000 };
  return (await psql(at.site, container, sql, options).catch(() => '')) || undefined;
}

/** SQL that writes one heartbeat row, named after its writer. */
export const heartbeatInsert = (at: DatabaseAt, node: string): string =>
  `INSERT INTO ${escapeIdentifier(at.database.heartbeatTable)} (node) VALUES (${escapeLiteral(node)})`;
