import { escapeIdentifier, escapeLiteral } from 'pg';
import type { RowCount } from '../../workflows/contracts/drill';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { queryJson } from '../shared/psql';
import { isoSql } from '../shared/sql';

export interface CountRows extends DatabaseAt {
  table: string;
}

/** Counts the rows of a table, read from its server. @throws DR-DATABASE-DOWN, DR-SQL */
export async function countRows(at: CountRows): Promise<RowCount> {
  return withHeartbeat(`counting ${at.table}`, async (_beat, signal) => {
    const { Id } = await databaseContainer(at);
    const options = { database: at.database.database, signal };
    const there = await queryJson<boolean>(
      at.site,
      Id,
      `SELECT to_json(to_regclass(${escapeLiteral(escapeIdentifier(at.table))}) IS NOT NULL)`,
      options,
    );
    const rows = there ? `(SELECT count(*) FROM ${escapeIdentifier(at.table)})` : 'NULL';
    return queryJson<RowCount>(
      at.site,
      Id,
      `SELECT json_build_object('rows', ${rows}, 'at', ${isoSql('clock_timestamp()')})`,
      options,
    );
  });
}
