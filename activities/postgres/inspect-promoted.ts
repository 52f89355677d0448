import type { DatabaseAt, Inspection, TableCount } from '../../workflows/contracts/recovery';
import { saveEvidence } from '../shared/evidence';
import { withHeartbeat } from '../shared/heartbeat';
import { askBusinessQueries } from './ask-business-queries';
import { countTables } from './count-tables';
import { countChecksumFailures } from './inspect-copy';
import { demandOwnCopy } from './own-copy';
import { runAmcheck } from './run-amcheck';

export interface PromotedInspection extends Omit<Inspection, 'tables'> {
  /** `now` is null: the damaged server is not asked again. */
  tables: TableCount[];
}

/**
 * What could not be read while the copy was paused, now that the excluded transaction has let go of its locks: rows and
 * amcheck (with parent check) of the named tables that are in it, and every business query. A table that the excluded
 * transaction was about to make is not there, which is no damage.
 * @param tables `schema.table` as `inspectCopy` names them; none: only the business queries are asked
 */
export async function inspectPromoted(
  args: DatabaseAt & { copy: { container: string }; tables: string[] },
): Promise<PromotedInspection> {
  return withHeartbeat('inspecting the promoted copy', async (_beat, signal) => {
    const copy = (await demandOwnCopy(args.site, args.copy.container)).Id;
    const options = { lockTimeoutMs: 2000, signal };
    const [counted, businessQueries, checksumFailures] = await Promise.all([
      args.tables.length > 0 ? countTables(args, copy, { ...options, only: args.tables }) : [],
      askBusinessQueries(args, copy, options),
      countChecksumFailures(args, copy, signal),
    ]);
    const only = counted.map((one) => one.table);
    const amcheck =
      only.length > 0 ? await runAmcheck(args, copy, { only, parentCheck: true, signal }) : nothingToCheck;
    const byName = new Map(counted.map((one) => [one.table, one]));
    const tables = args.tables.map((table): TableCount => {
      const one = byName.get(table);
      const note = one ? one.note : 'not in the promoted copy';
      return { table, now: null, after: one?.rows ?? null, ...(note ? { note } : {}) };
    });
    const result = { tables, businessQueries, checksumFailures, amcheck: amcheck.verdict };
    const evidence = await Promise.all([
      saveEvidence(
        'Inspection after promotion',
        'inspection-promoted.json',
        `${JSON.stringify(result, undefined, 2)}\n`,
      ),
      saveEvidence('Output of amcheck after promotion', 'amcheck-promoted.txt', amcheck.output),
    ]);
    return { ...result, evidence };
  });
}

/** pg_amcheck without a table would check them all. */
const nothingToCheck: Awaited<ReturnType<typeof runAmcheck>> = {
  verdict: { ok: true, checked: true, relations: 0, skipped: [], findings: [], durationMs: 0 },
  output: 'no table to check',
};
