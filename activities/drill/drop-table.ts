import { escapeIdentifier } from 'pg';
import type { Database } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DrillCopy, RowCount } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { psql } from '../shared/psql';
import { countRows } from './count-rows';
import { demandCopy } from './ours';

export interface DropTable extends DrillCopy {
  database: Database;
  table: string;
  approval: ApprovalReference;
}

/**
 * Plants a lost table in the copy. Safe to run again.
 * @returns that it is gone, and the server's clock
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, or the table is still there, DR-DATABASE-DOWN, DR-SQL
 */
export async function dropTable(args: DropTable): Promise<RowCount> {
  demandApproval(args.approval);
  demandCopy(args);
  const { site, database, table } = args;
  const { Id } = await databaseContainer({ site, database });
  await psql(site, Id, `DROP TABLE IF EXISTS ${escapeIdentifier(table)} CASCADE`, { database: database.database });
  const left = await countRows({ site, database, table });
  if (left.rows !== null)
    throw drFailure('DR-DRILL', `table ${table} was dropped and is there, with ${left.rows} rows`);
  return left;
}
