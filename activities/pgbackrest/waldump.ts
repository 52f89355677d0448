/** Reads lines of `pg_waldump` run with TZ=UTC. Pure functions. */

/** A transaction's end in the WAL. */
export interface TransactionEnd {
  kind: 'COMMIT' | 'ABORT';
  xid: string;
  /** UTC, microseconds, `2026-11-22 17:29:24.890426`: sorts as text. */
  at: string;
  lsn: string;
}

const end =
  /\btx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), .*?desc: (COMMIT|ABORT)(?:_PREPARED)? (?:(\d+): )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) UTC/;

/** A COMMIT or ABORT, also of a prepared transaction (whose id stands in the description); undefined for other lines. */
export function parseTransactionEnd(line: string): TransactionEnd | undefined {
  const found = end.exec(line);
  if (!found?.[1] || !found[2] || !found[3] || !found[5]) return undefined;
  return { kind: found[3] as 'COMMIT' | 'ABORT', xid: found[4] ?? found[1], at: found[5], lsn: found[2] };
}

/** LSN at which a record begins. */
export function parseLsn(line: string): string | undefined {
  return /\blsn: ([0-9A-F]+\/[0-9A-F]+),/.exec(line)?.[1];
}

/** How far transaction ids had got at a RUNNING_XACTS or checkpoint record: both numbers only grow along the WAL. */
export interface XidMark {
  /** Smallest id that no transaction had yet. */
  next: number;
  /** Every transaction before this one has ended. */
  oldestRunning?: number;
}

/** Reads a RUNNING_XACTS or checkpoint record; undefined for other lines. */
export function parseXidMark(line: string): XidMark | undefined {
  const running = /\bnextXid (\d+) latestCompletedXid \d+ oldestRunningXid (\d+)/.exec(line);
  if (running?.[1]) return { next: Number(running[1]), oldestRunning: Number(running[2]) };
  const checkpoint = /desc: CHECKPOINT_\w+ .*?\bxid \d+:(\d+);/.exec(line);
  return checkpoint?.[1] ? { next: Number(checkpoint[1]) } : undefined;
}

/** Compares transaction ids, which run in a circle (PostgreSQL manual 25.1.5): negative when a is older than b. */
export function compareXids(a: number, b: number): number {
  return (a - b) | 0;
}
