/**
 * The manifest of a bundle: one line of JSON per entry, and each entry carries the hash of the one before it. So no entry can
 * be changed, taken out, put in or moved without every later hash being another; the last one, the head, vouches for all. Pure.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../plan';

/** Name of the manifest inside a bundle. */
export const manifestName = 'manifest.jsonl';

const sha = z.string().regex(/^[0-9a-f]{64}$/);
const file = { path: z.string().min(1), bytes: z.int().min(0), sha256: sha };
const link = { number: z.int().min(1), previous: sha.nullable(), hash: sha };

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bundle'),
    format: z.literal(1),
    name: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    procedure: z.string(),
    madeAt: z.string(),
    /** Who exported it; a claim. */
    by: z.string(),
    /** Version of the product that made it. */
    product: z.string(),
    /** The bundle that was the newest of its folder then, and its head. null: it was the first. */
    after: z.strictObject({ name: z.string(), head: sha }).nullable(),
    ...link,
  }),
  z.strictObject({ kind: z.literal('file'), ...file, ...link }),
  /** The bundle is complete: after it come attestations only. */
  z.strictObject({ kind: z.literal('seal'), files: z.int().min(0), ...link }),
  z.strictObject({
    kind: z.literal('attestation'),
    ...file,
    at: z.string(),
    by: z.string(),
    result: z.enum(['pass', 'fail']),
    ...link,
  }),
]);

/** One line of the manifest. `number` counts from 1; `previous` is the hash of the line before, null for the first. */
export type Entry = z.infer<typeof entrySchema>;
type Unlinked<E> = E extends Entry ? Omit<E, keyof typeof link> : never;
/** An entry before it has its place. */
export type EntryBody = Unlinked<Entry>;
/** What the first line says of the bundle. */
export type Header = Extract<Entry, { kind: 'bundle' }>;

/** SHA-256 over all of an entry but its hash, the hash of the one before included. */
const hashOf = (entry: object): string =>
  createHash('sha256')
    .update(canonicalJson({ ...entry, hash: undefined }))
    .digest('hex');

/** The entries with one more behind them. */
export function append(entries: readonly Entry[], body: EntryBody): Entry[] {
  const linked = { ...body, number: entries.length + 1, previous: entries.at(-1)?.hash ?? null };
  return [...entries, { ...linked, hash: hashOf(linked) }];
}

/** The manifest as text. */
export const manifestText = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${canonicalJson(entry)}\n`).join('');

/** The hash that vouches for the whole bundle: that of its last entry. */
export const headOf = (entries: readonly Entry[]): string => entries.at(-1)?.hash ?? '';

/** The first entry, where it is one that describes the bundle. */
export const headerOf = (entries: readonly Entry[]): Header | undefined =>
  entries[0]?.kind === 'bundle' ? entries[0] : undefined;

/** Reads a manifest. @returns the entries that could be read, and a sentence for everything that is not as it was written */
export function readManifest(text: string): { entries: Entry[]; faults: string[] } {
  const entries: Entry[] = [];
  const faults: string[] = [];
  if (!text.endsWith('\n')) faults.push(`${manifestName}: the last line has no end`);
  const lines = text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  lines.forEach((line, index) => {
    const { entry, fault } = readLine(line, index, entries.at(-1));
    if (fault) faults.push(`${manifestName} line ${index + 1}${describe(entry)}: ${fault}`);
    if (entry) entries.push(entry);
  });
  return { entries, faults: [...faults, ...faultsOfOrder(entries)] };
}

function readLine(line: string, index: number, before: Entry | undefined): { entry?: Entry; fault?: string } {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return { fault: 'it is no JSON' };
  }
  const parsed = entrySchema.safeParse(data);
  if (!parsed.success) return { fault: 'it is no entry of a manifest' };
  const entry = parsed.data;
  if (canonicalJson(entry) !== line) return { entry, fault: 'it is not written as the product writes it' };
  if (hashOf(entry) !== entry.hash) return { entry, fault: 'its hash is not that of its content' };
  if (entry.number !== index + 1)
    return { entry, fault: `it is entry ${entry.number}: an entry before it was taken out, put in or moved` };
  if (entry.previous !== (before?.hash ?? null))
    return { entry, fault: 'it does not follow the entry before it: one was taken out, put in, moved or changed' };
  return { entry };
}

const describe = (entry: Entry | undefined): string =>
  entry === undefined ? '' : ` (${'path' in entry ? entry.path : entry.kind})`;

/** One description, the files, one seal, then attestations. */
function faultsOfOrder(entries: readonly Entry[]): string[] {
  const faults: string[] = [];
  if (entries[0]?.kind !== 'bundle') faults.push(`${manifestName}: it does not begin with a description of the bundle`);
  const seals = entries.flatMap((entry, at) => (entry.kind === 'seal' ? [{ at, files: entry.files }] : []));
  const [seal] = seals;
  if (!seal || seals.length > 1) return [...faults, `${manifestName}: it has ${seals.length} seals instead of one`];
  entries.forEach(({ kind, number }, at) => {
    const expected = at === 0 ? 'bundle' : at < seal.at ? 'file' : at === seal.at ? 'seal' : 'attestation';
    if (at > 0 && kind !== expected)
      faults.push(`${manifestName}: entry ${number} is of kind ${kind}, where ${expected} was expected`);
  });
  const files = entries.filter(({ kind }) => kind === 'file').length;
  if (files !== seal.files) faults.push(`${manifestName}: it has ${files} files, and was sealed with ${seal.files}`);
  return faults;
}
