/** The folder in which bundles lie side by side and form a chain: each names the one before it. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { drHome } from '../../activities/shared/paths';
import { Fault } from '../lib/fault';
import { lockMachine, unlockMachine } from '../lib/machine-lock';
import { headerOf, headOf, manifestName, readManifest, type Entry, type Header } from './chain';

/** Every head that a bundle of the folder ever had, one line each: time, head, name. */
export const headsName = 'heads.log';

/** Where bundles are kept unless told otherwise. */
export const bundlesFolder = (): string => join(drHome(), 'evidence-bundles');

/** A bundle as its manifest describes it. */
export interface Bundle {
  /** Absolute path. */
  path: string;
  name: string;
  entries: Entry[];
  /** Absent: the manifest has no description of the bundle. */
  header?: Header;
  /** What is wrong with the manifest. */
  faults: string[];
}

/** @returns undefined where there is no bundle */
export async function openBundle(path: string): Promise<Bundle | undefined> {
  const text = await readFile(join(path, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { entries, faults } = readManifest(text);
  const header = headerOf(entries);
  return { path: resolve(path), name: basename(resolve(path)), entries, faults, ...(header ? { header } : {}) };
}

/** Bundles in the order of the chain, as far as they follow each other. */
export async function bundlesIn(folder: string): Promise<Bundle[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => openBundle(join(folder, name))),
  );
  const left = found.flatMap((one) => one ?? []).sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  const ordered: Bundle[] = [];
  while (left.length > 0) {
    const last = ordered.at(-1)?.name ?? null;
    const follows = left.findIndex(({ header }) => header && (header.after?.name ?? null) === last);
    ordered.push(...left.splice(Math.max(0, follows), 1));
  }
  return ordered;
}

const timeOf = ({ header }: Bundle): string => header?.madeAt ?? '';

/** The bundle that a new one follows. */
export async function tipOf(folder: string): Promise<{ name: string; head: string } | null> {
  const bundles = await bundlesIn(folder);
  const named = new Set(bundles.flatMap(({ header }) => header?.after?.name ?? []));
  const tip = bundles.filter(({ name }) => !named.has(name)).at(-1);
  return tip ? { name: tip.name, head: headOf(tip.entries) } : null;
}

/** Keeps a head beside the bundles: where the newest of them goes, nothing else in the folder would tell. */
export async function keepHead(folder: string, name: string, head: string): Promise<void> {
  await appendFile(join(folder, headsName), `${new Date().toISOString()} ${head} ${name}\n`);
}

/** Faults between the bundles of a folder: one is missing, two follow the same one, one was cut short. */
export async function faultsOfChain(folder: string, bundles: readonly Bundle[]): Promise<string[]> {
  const faults: string[] = [];
  const hashes = new Map(bundles.map(({ name, entries }) => [name, new Set(entries.map(({ hash }) => hash))]));
  const followed = new Map<string, string>();
  for (const { name, header } of bundles) {
    if (!header) continue;
    const before = header.after;
    const key = before?.name ?? '';
    const other = followed.get(key);
    if (other !== undefined)
      faults.push(`${other} and ${name} both follow ${before ? before.name : 'nothing'}: the chain is forked`);
    followed.set(key, name);
    if (before && !hashes.has(before.name))
      faults.push(`${before.name}: this bundle is missing; ${name} follows it (head ${before.head})`);
    else if (before && !hashes.get(before.name)?.has(before.head))
      faults.push(
        `${before.name}: it is not the bundle that ${name} follows, or was cut short: it never had the head ${before.head}`,
      );
  }
  return [...faults, ...(await faultsOfHeads(folder, hashes))];
}

async function faultsOfHeads(folder: string, hashes: ReadonlyMap<string, Set<string>>): Promise<string[]> {
  return (await headsIn(folder)).flatMap(({ head, name }) => {
    const known = hashes.get(name);
    if (!known) return [`${name}: this bundle is missing; ${headsName} has its head ${head}`];
    return known.has(head) ? [] : [`${name}: it was cut short or replaced: ${headsName} has its head ${head}`];
  });
}

/** The heads that were kept in a folder, oldest first. */
export async function headsIn(folder: string): Promise<{ at: string; head: string; name: string }[]> {
  const text = await readFile(join(folder, headsName), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at = '', head = '', ...name] = line.split(' ');
      return { at, head, name: name.join(' ') };
    });
}

/** One at a time in a folder: two that follow the same bundle would fork the chain. @throws Fault when another process is at work */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const name = `dr-evidence-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)}`;
  try {
    lockMachine(name, 'scripts/dr.ts');
  } catch (error) {
    throw new Fault('locked', `${folder} is worked on: ${(error as Error).message}.`, 'Try again in a moment.');
  }
  try {
    return await work();
  } finally {
    unlockMachine(name);
  }
}

/** The folder a bundle lies in. */
export const folderOf = (bundle: Pick<Bundle, 'path'>): string => dirname(bundle.path);
