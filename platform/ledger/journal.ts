import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

export type Kind = 'order' | 'payment';

/** Lines of the journal: one when something is sent, one when it is acknowledged or has failed. */
export type Line =
  | { type: 'run'; run: string; startedAt: string; gateway: string }
  | { type: 'sent'; kind: Kind; id: string; hash: string; at: string }
  | { type: 'acknowledged'; id: string; at: string; committedAt: string | null }
  | { type: 'failed'; id: string; at: string; reason: string };

/** One order or payment as the client knows it. Times are ISO 8601 in UTC. */
export interface Entry {
  kind: Kind;
  id: string;
  /** SHA-256 of the contents sent, keys in order. */
  hash: string;
  sentAt: string;
  /** When the 201 arrived; only then is it owed. */
  acknowledgedAt?: string;
  /** The commit's time by the database (microseconds), as the acknowledgement carried it. */
  committedAt?: string;
  failure?: string;
}

/** Hash of a JSON value that does not depend on the order of keys: PostgreSQL's jsonb keeps an order of its own. */
export function contentHash(value: unknown): string {
  const sorted = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(sorted);
    if (typeof item !== 'object' || item === null) return item;
    const entries = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

/** An append-only file. A line is with the operating system before the call returns, so a killed client loses none. */
export class Journal {
  private readonly descriptor: number;
  private closed = false;

  constructor(readonly file: string) {
    this.descriptor = openSync(file, 'a', 0o600);
  }

  add(line: Line): void {
    writeSync(this.descriptor, JSON.stringify(line) + '\n');
  }

  /** Closing it again is fine: a test and its tidying up may both do so. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSync(this.descriptor);
  }
}

/**
 * Reads a journal back, also while it is written and after its client was killed.
 *
 * @returns the runs' ids (first part of every id they gave) and the entries in the order they were sent
 * @throws when a line other than the last is not JSON: such a journal proves nothing
 */
export function readJournal(file: string): { runs: string[]; entries: Entry[] } {
  const runs: string[] = [];
  const entries = new Map<string, Entry>();
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const [i, text] of lines.entries()) {
    if (!text) continue;
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      if (i === lines.length - 1) break; // cut off in the middle of being written: it was never acted upon
      throw new Error(`${file}:${i + 1} is not a line of a ledger journal: the file was changed or damaged`);
    }
    if (line.type === 'run') runs.push(line.run);
    else if (line.type === 'sent')
      entries.set(line.id, { kind: line.kind, id: line.id, hash: line.hash, sentAt: line.at });
    else {
      const entry = entries.get(line.id);
      if (!entry) throw new Error(`${file}:${i + 1} speaks of ${line.id}, which was never sent: the file was changed`);
      if (line.type === 'failed') entry.failure = line.reason;
      else {
        entry.acknowledgedAt = line.at;
        if (line.committedAt) entry.committedAt = line.committedAt;
      }
    }
  }
  return { runs, entries: [...entries.values()] };
}
