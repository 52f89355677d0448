import { judge, type Judgement, type Row, type Window } from './judge';
import { contentHash, readJournal } from './journal';

/** The ledger's verdict: data loss, row by row. */
export interface Verdict extends Judgement {
  /** Tables that do not exist; every row of them is missing. */
  missingTables: string[];
}

/** Runs one statement with values on the database and returns the rows. */
export type Query = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

export interface VerdictOptions extends Window {
  /** The journal of the ledger. */
  file: string;
  /** How to ask the database; through the pooler, as a client would. */
  query: Query;
}

/** What is compared, per table. `status` of an order is not: a payment that comes later changes it. */
const TABLES = [
  {
    kind: 'order',
    table: 'orders',
    sql: `SELECT id::text AS id, customer_id::int AS "customerId", property_id::int AS "propertyId",
        total_cents AS "totalCents", items
      FROM orders WHERE id::text LIKE $1`,
  },
  {
    kind: 'payment',
    table: 'payments',
    sql: `SELECT id::text AS id, order_id::text AS "orderId", amount_cents AS "amountCents", method
      FROM payments WHERE id::text LIKE $1`,
  },
] as const;

const UNDEFINED_TABLE = '42P01';

/**
 * Compares what a ledger was promised with what the database holds: exactly which acknowledged rows are missing, doubled
 * or changed, and which are there though the recovery was meant to take them away. It may be called while the ledger
 * runs. A table that does not exist counts as empty and is named in `missingTables`.
 *
 * The rows are read by scanning the tables (the id is compared as text), so a damaged index hides nothing.
 *
 * @throws when the database cannot be asked, when a time has no offset, or when the journal is damaged
 */
export async function verdict({ file, query, ...window }: VerdictOptions): Promise<Verdict> {
  // The journal first: what is acknowledged while the tables are read must not look missing.
  const { runs, entries } = readJournal(file);
  const rows: Row[] = [];
  const missingTables: string[] = [];
  for (const { kind, table, sql } of TABLES) {
    try {
      for (const run of new Set(runs))
        for (const row of await query(sql, [`${run}-%`]))
          rows.push({ kind, id: String(row['id']), hash: contentHash(row) });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE)) throw error;
      missingTables.push(table);
    }
  }
  // And again: what was sent while the tables were read must not look like a row nobody sent.
  const known = new Set(entries.map((entry) => entry.id));
  const meanwhile = new Set(readJournal(file).entries.flatMap((entry) => (known.has(entry.id) ? [] : [entry.id])));
  const judged = judge(
    entries,
    rows.filter((row) => !meanwhile.has(row.id)),
    window,
  );
  return { ...judged, ok: judged.ok && missingTables.length === 0, missingTables };
}
