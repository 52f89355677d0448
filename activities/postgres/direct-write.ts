import { cancellationSignal } from '@temporalio/activity';
import type { ClientWrite, DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { databaseContainer } from '../shared/database-container';
import { psql } from '../shared/psql';
import { isoSql, timelineSql } from '../shared/sql';
import { heartbeatInsert } from './heartbeat-row';

/**
 * One committed row, written on the server itself, past pooler and network. Proves that it takes writes before clients
 * are let in. The time-out is ours: a commit that waits for a missing synchronous standby ignores statement_timeout.
 * @param expectTimeline refuse a server on another timeline
 * @throws DR-WRONG-TIMELINE, DR-SQL (read-only, no table), DR-TIMEOUT, DR-DATABASE-DOWN
 */
export async function directWrite(args: DatabaseAt & { expectTimeline?: number }): Promise<ClientWrite> {
  const { site, database } = args;
  const began = Date.now();
  const info = await databaseContainer(args);
  const text = await psql(
    site,
    info.Id,
    [
      `WITH written AS (${heartbeatInsert(args, 'dr-direct-write')} RETURNING id, at)
       SELECT json_build_object('id', id::text, 'committedAt', ${isoSql('at')}, 'timeline', ${timelineSql},
         'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system())) FROM written`,
    ],
    { database: database.database, signal: cancellationSignal(), timeoutMs: 10_000 },
  );
  const row = JSON.parse(text) as Omit<ClientWrite, 'server' | 'durationMs'>;
  if (args.expectTimeline !== undefined && row.timeline !== args.expectTimeline)
    throw drFailure(
      'DR-WRONG-TIMELINE',
      `service ${database.service} writes on timeline ${row.timeline}, expected ${args.expectTimeline}`,
      { next: 'Look which data volume the service runs on; it is not the promoted copy.' },
    );
  return { ...row, server: info.Name.replace(/^\//, ''), durationMs: Date.now() - began };
}
