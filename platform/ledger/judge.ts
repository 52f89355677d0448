import type { Entry, Kind } from './journal';

/** The span a point-in-time recovery was meant to take away: commits after `until` and before `resumedAt`. */
export interface Window {
  /**
   * The recovery's target: commits up to and including this time must be there, later ones must not. ISO 8601 with an
   * offset, up to microseconds. Undefined: nothing was meant to be taken away.
   */
  until?: string | undefined;
  /**
   * From here on, until the reopening, commits may be lost: a failover from which nothing could be salvaged. They may be there
   * or not, and are counted as in doubt. Same form as `until`; not together with it.
   */
  doubtFrom?: string | undefined;
  /** When clients were let in again: what was committed from then on must be there. Undefined: not yet. */
  resumedAt?: string | undefined;
}

export interface Row {
  kind: Kind;
  id: string;
  hash: string;
}

export interface Doubt {
  kind: Kind;
  id: string;
  /** Whether the row is there. */
  present: boolean;
  reason: string;
}

export interface Judgement {
  /** True when nothing is missing, changed, doubled or unexpected. */
  ok: boolean;
  until: string | null;
  resumedAt: string | null;
  /** Acknowledged rows that have to be there. */
  expected: number;
  /** How many of them are there, unchanged and once. */
  present: number;
  missing: Pick<Entry, 'kind' | 'id' | 'acknowledgedAt' | 'committedAt'>[];
  changed: { kind: Kind; id: string }[];
  doubled: { kind: Kind; id: string; times: number }[];
  /** Rows that must not be there: committed in the span that was taken away, or never sent by this client. */
  unexpected: { kind: Kind; id: string; reason: string }[];
  /** Acknowledged rows the recovery was meant to take away, and which are gone. */
  takenAway: number;
  /** Sent but never acknowledged: they may be there or not, and either is right. */
  unacknowledged: { sent: number; present: number };
  /** Acknowledged rows of which the target cannot say on which side they fall. */
  inDoubt: Doubt[];
}

/**
 * Commit times are taken before the commit's place in the WAL is: two commits closer than this may lie there in the other
 * order, and recovery stops at the first one past its target.
 */
const ORDER_UNCERTAINTY_US = 20_000n;

/** Microseconds since 1970 of an ISO 8601 time with offset; Date alone would cut off the microseconds. */
export function microseconds(time: string): bigint {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?\s*(Z|[+-]\d\d(?::?\d\d)?)$/.exec(time);
  if (!match) throw new Error(`'${time}' is not a time: expected e.g. 2026-01-15T12:00:00.123456Z or +00:00`);
  const [, day = '', clock = '', fraction = '', zone = 'Z'] = match;
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const seconds = Date.parse(`${day}T${clock}${offset}`) / 1000;
  if (Number.isNaN(seconds)) throw new Error(`'${time}' is not a time: no such day or hour`);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

type Side = 'owed' | 'taken' | { doubt: string };

/** On which side of the recovery an acknowledged entry falls. */
function side(entry: Entry, until: bigint | undefined, resumed: bigint | undefined, doubtFrom?: bigint): Side {
  if (doubtFrom !== undefined) {
    const [begun, ended] = [entry.committedAt ?? entry.acknowledgedAt, entry.committedAt ?? entry.sentAt].map((time) =>
      microseconds(time ?? entry.sentAt),
    ) as [bigint, bigint];
    if (begun < doubtFrom || (resumed !== undefined && ended >= resumed)) return 'owed';
    return { doubt: 'committed in the span that the failover may have lost' };
  }
  if (until === undefined) return 'owed';
  const sent = microseconds(entry.sentAt);
  if (entry.committedAt) {
    const committed = microseconds(entry.committedAt);
    if (resumed !== undefined && committed >= resumed) return 'owed';
    if (committed > until) return 'taken';
    return until - committed < ORDER_UNCERTAINTY_US
      ? { doubt: 'committed within 20 ms before the target, where order in the WAL may differ from order in time' }
      : 'owed';
  }
  // Without a commit time only the client's own clock is left: it brackets the commit between sent and acknowledged.
  const acknowledged = microseconds(entry.acknowledgedAt ?? entry.sentAt);
  if (acknowledged <= until || (resumed !== undefined && sent >= resumed)) return 'owed';
  if (sent > until && (resumed === undefined || acknowledged < resumed)) return 'taken';
  return {
    doubt: 'sent on one side of the target or of the reopening, acknowledged on the other, commit time unknown',
  };
}

/** The comparison itself, without files or database. */
export function judge(entries: Entry[], rows: Row[], window: Window = {}): Judgement {
  const until = window.until === undefined ? undefined : microseconds(window.until);
  const resumed = window.resumedAt === undefined ? undefined : microseconds(window.resumedAt);
  const doubtFrom = window.doubtFrom === undefined ? undefined : microseconds(window.doubtFrom);
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(row.id, [...(found.get(row.id) ?? []), row]);
  const result: Judgement = {
    ok: false,
    until: window.until ?? null,
    resumedAt: window.resumedAt ?? null,
    expected: 0,
    present: 0,
    missing: [],
    changed: [],
    doubled: [],
    unexpected: [],
    takenAway: 0,
    unacknowledged: { sent: 0, present: 0 },
    inDoubt: [],
  };
  for (const entry of entries) {
    const { kind, id, acknowledgedAt, committedAt } = entry;
    const there = found.get(id) ?? [];
    found.delete(id);
    const intact = there.every((row) => row.hash === entry.hash && row.kind === kind);
    if (!intact) result.changed.push({ kind, id });
    if (there.length > 1) result.doubled.push({ kind, id, times: there.length });
    if (!acknowledgedAt) {
      result.unacknowledged.sent++;
      if (there.length) result.unacknowledged.present++;
      continue;
    }
    const where = side(entry, until, resumed, doubtFrom);
    if (where === 'taken') {
      if (there.length) result.unexpected.push({ kind, id, reason: 'committed after the target, yet there' });
      else result.takenAway++;
    } else if (where === 'owed') {
      result.expected++;
      if (there.length === 0)
        result.missing.push({ kind, id, acknowledgedAt, ...(committedAt ? { committedAt } : {}) });
      else if (there.length === 1 && intact) result.present++;
    } else result.inDoubt.push({ kind, id, present: there.length > 0, reason: where.doubt });
  }
  for (const [id, [row]] of found)
    if (row)
      result.unexpected.push({ kind: row.kind, id, reason: 'carries an id of this ledger, which never sent it' });
  const { missing, changed, doubled, unexpected } = result;
  result.ok = [missing, changed, doubled, unexpected].every((list) => list.length === 0);
  return result;
}
