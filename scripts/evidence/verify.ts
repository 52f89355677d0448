/** Judges bundles offline: no server, no network. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agreement, type ReadRun } from './agreement';
import { headOf, type Header } from './chain';
import { paths } from './contents';
import { faultsOfFiles } from './files';
import { bundlesIn, faultsOfChain, folderOf, headsIn, headsName, openBundle, type Bundle } from './folder';
import { replay, type Replayed } from './replay';
import { presentCode, versionsSchema, type Versions } from './versions';

export interface Verified {
  name: string;
  path: string;
  head: string;
  header?: Header;
  /** A sentence each. None: it holds. */
  faults: string[];
  /** What could not be looked at. */
  notes: string[];
  attestations: { at: string; by: string; result: 'pass' | 'fail' }[];
  replayed: Replayed[];
}

export interface VerifyOptions {
  /** Without it histories are not replayed. */
  replay: boolean;
  /** A history that the code of today does not replay is a fault, whatever version made it. */
  demandReplay?: boolean;
}

/** One bundle: its manifest, its files, what they say of each other, its histories. */
export async function verifyBundle(bundle: Bundle, options: VerifyOptions): Promise<Verified> {
  const { path, name, entries, header } = bundle;
  const faults = [...bundle.faults, ...(await faultsOfFiles(path, entries))];
  if (header && header.name !== name) faults.push(`${name}: the manifest is that of ${header.name}`);
  // Of files that were changed nothing follows.
  const intact = faults.length === 0 && header !== undefined;
  const read = intact ? await agreement(path, header) : { runs: [], faults: [] };
  faults.push(...read.faults);
  const replayed = options.replay && read.runs.length > 0 ? await replayAll(path, read.runs) : [];
  for (const { workflowId, outcome, says } of replayed)
    if (outcome === 'differs' || (outcome === 'other-version' && options.demandReplay))
      faults.push(`history of ${workflowId}: ${outcome === 'differs' ? 'differs: ' : ''}${says}`);
  return {
    name,
    path,
    head: headOf(entries),
    ...(header ? { header } : {}),
    faults,
    notes: intact ? [] : ['What the files say of each other, and the histories, was not looked at.'],
    attestations: entries.flatMap((entry) =>
      entry.kind === 'attestation' ? [{ at: entry.at, by: entry.by, result: entry.result }] : [],
    ),
    replayed,
  };
}

async function replayAll(path: string, runs: ReadRun[]): Promise<Replayed[]> {
  const versions = await readFile(join(path, paths.versions), 'utf8')
    .then((text): Versions => versionsSchema.parse(JSON.parse(text)))
    .catch(() => undefined);
  return replay(runs, await presentCode(), versions);
}

/** A bundle alone is also compared with the heads beside it, and with the bundle that it follows where that is there. */
export async function verifyAlone(bundle: Bundle, options: VerifyOptions): Promise<Verified> {
  const verified = await verifyBundle(bundle, options);
  const folder = folderOf(bundle);
  const hashes = new Set(bundle.entries.map(({ hash }) => hash));
  for (const { name, head } of await headsIn(folder))
    if (name === bundle.name && !hashes.has(head))
      verified.faults.push(`${name}: it was cut short or replaced: ${headsName} beside it has its head ${head}`);
  const before = bundle.header?.after;
  if (!before) return verified;
  const there = await openBundle(join(folder, before.name));
  if (!there)
    verified.notes.push(
      `It follows ${before.name} (head ${before.head}), which is not beside it: the chain before it was not looked at.`,
    );
  else if (!there.entries.some(({ hash }) => hash === before.head))
    verified.faults.push(
      `${before.name}: it is not the bundle that ${bundle.name} follows: it never had the head ${before.head}`,
    );
  return verified;
}

/** All bundles of a folder, and the chain that they form. @returns undefined where the folder has none */
export async function verifyFolder(
  folder: string,
  options: VerifyOptions,
): Promise<{ bundles: Verified[]; faults: string[] } | undefined> {
  const found = await bundlesIn(folder);
  const faults = await faultsOfChain(folder, found);
  if (found.length === 0 && faults.length === 0) return undefined;
  const bundles: Verified[] = [];
  for (const bundle of found) bundles.push(await verifyBundle(bundle, options));
  return { bundles, faults };
}
