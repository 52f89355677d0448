/**
 * What observers saw of a database over time, kept as lines of JSON beside the newest sample: a file per day and observer. A
 * look that changes nothing only lengthens the span before it, which is written down once a minute; what a killed worker had
 * not written is not known afterwards.
 */
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Round } from '../../workflows/contracts/guard';
import type { Span } from '../../workflows/contracts/periodic';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drHome } from '../shared/paths';
import { reachMs, tookWrites, type Seen } from './availability';

const writeEveryMs = 60_000;

/** A copy of the platform has a database of the same name; its backups are elsewhere. */
const folderOf = ({ database }: DatabaseAt): string =>
  join(drHome(), 'samples', 'looks', `${database.name}@${database.backup.repositoryVolume}`);

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Spans that are not written down yet, by file of the observer. */
const open = new Map<string, Seen>();

/** Remembers a look. It never fails: whoever watches must not stop because a disk is full. */
export async function keepLook(observer: string, at: DatabaseAt, round: Round): Promise<void> {
  const up = tookWrites(round);
  if (up === undefined) return;
  const now = Date.parse(round.startedAt);
  const key = `${folderOf(at)}/${observer}`;
  const before = open.get(key);
  const goesOn =
    before?.up === up && now - before.to <= reachMs && now >= before.to && dayOf(now) === dayOf(before.from);
  if (before && goesOn) before.to = now;
  else open.set(key, { from: now, to: now, up });
  const due = before && (!goesOn || before.to - before.from >= writeEveryMs) ? { ...before } : undefined;
  if (!due) return;
  // What was written goes on as a span of its own, which begins where the written one ends.
  if (goesOn) open.set(key, { from: now, to: now, up });
  await append(join(folderOf(at), `${dayOf(due.from)}.${observer}.jsonl`), due).catch(() => undefined);
}

async function append(path: string, seen: Seen): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(seen)}\n`, { mode: 0o640 });
}

/** What each observer on this machine has written down, by its name, and what it has not written yet. */
export async function readLooks(at: DatabaseAt, { from, to }: Span): Promise<Map<string, Seen[]>> {
  const folder = folderOf(at);
  const names = (await readdir(folder).catch((): string[] => [])).filter((one) => {
    const [day = ''] = one.split('.');
    return one.endsWith('.jsonl') && day >= dayOf(from) && day <= dayOf(to);
  });
  const found = new Map<string, Seen[]>();
  for (const name of names.sort()) {
    const observer = name.slice(11, -'.jsonl'.length);
    const lines = (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n');
    found.set(observer, [...(found.get(observer) ?? []), ...lines.flatMap(parsed)]);
  }
  for (const [key, seen] of open)
    if (dirname(key) === folder) {
      const observer = key.slice(folder.length + 1);
      found.set(observer, [...(found.get(observer) ?? []), { ...seen }]);
    }
  return found;
}

/** A line that was being written when its worker was killed is none. */
function parsed(line: string): Seen[] {
  try {
    const { from, to, up } = JSON.parse(line) as Partial<Seen>;
    return typeof from === 'number' && typeof to === 'number' && typeof up === 'boolean' ? [{ from, to, up }] : [];
  } catch {
    return [];
  }
}
