import type { DatabaseAt, Inspection, PausedCopy, TableCount } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';
import { askBusinessQueries } from './ask-business-queries';
import { compareTables } from './compare-tables';
import { countTables, type TableRows } from './count-tables';
import { demandOwnCopy } from './own-copy';
import { runAmcheck } from './run-amcheck';

/** Nothing moves on a paused copy: a lock that is not free at once stays taken until the promotion. */
const copyLockTimeoutMs = 200;
/** Tables named in the result; all of them are in the evidence. */
const tablesInResult = 200;

/**
 * What is in the paused copy, beside what is on the damaged server: rows per table, the plan's business queries, page
 * checksums, amcheck. Reads only, and never waits for a table that the excluded transaction has locked.
 * @param damagedAnswers false: the damaged server is not asked, its column stays empty
 */
export async function inspectCopy(
  args: DatabaseAt & { copy: PausedCopy; damagedAnswers: boolean },
): Promise<Inspection> {
  return withHeartbeat('inspecting the copy', async (_beat, signal) => {
    const copy = (await demandOwnCopy(args.site, args.copy.container)).Id;
    const onCopy = { lockTimeoutMs: copyLockTimeoutMs, signal };
    const [after, now, businessQueries, checksumFailures, amcheck] = await Promise.all([
      countTables(args, copy, onCopy),
      args.damagedAnswers ? countDamaged(args, signal) : Promise.resolve(undefined),
      askBusinessQueries(args, copy, onCopy),
      countChecksumFailures(args, copy, signal),
      runAmcheck(args, copy, { parentCheck: false, signal }),
    ]);
    const result = { tables: compareTables(now, after), businessQueries, checksumFailures, amcheck: amcheck.verdict };
    const evidence = await Promise.all([
      saveEvidence('Inspection of the copy', 'inspection.json', `${JSON.stringify(result, undefined, 2)}\n`),
      saveEvidence('Output of amcheck', 'amcheck.txt', amcheck.output),
    ]);
    return { ...result, tables: mostTelling(result.tables), evidence };
  });
}

/** A damaged server that fails to answer is no reason not to show the copy. */
async function countDamaged(args: DatabaseAt, signal: AbortSignal): Promise<TableRows[] | undefined> {
  try {
    return await countTables(args, (await databaseContainer(args)).Id, { signal });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Page checksum failures the server has met since its statistics began. */
export async function countChecksumFailures(args: DatabaseAt, container: string, signal: AbortSignal): Promise<number> {
  const sql = 'SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database';
  return Number(await psql(args.site, container, sql, { signal }));
}

/** A result is kept small: a schema of thousands of tables is whole in the evidence, here its most telling rows. */
function mostTelling(tables: TableCount[]): TableCount[] {
  // The locked ones are worked on after the promotion: leaving one out would leave it unchecked.
  const telling = (one: TableCount): number =>
    (one.locked ? 4 : 0) + (one.note ? 2 : 0) + (one.now !== one.after ? 1 : 0);
  return tables.length <= tablesInResult
    ? tables
    : [...tables].sort((a, b) => telling(b) - telling(a)).slice(0, tablesInResult);
}
