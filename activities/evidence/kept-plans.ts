/**
 * The plans that runs have pinned, as files named by their hash: what was proven under a plan can be compared with the plan of
 * today, also when Temporal has forgotten the run.
 */
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { examinePlan, type Plan } from '../../plan';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

const folder = (): string => join(drHome(), 'plans');
const isHash = /^[0-9a-f]{64}$/;
const fileOf = (hash: string): string => join(folder(), `${hash}.yaml`);

/** Keeps the text of a plan; one that is kept already is left alone. Comments stay: it is the file as it was. */
export async function keepPlan(hash: string, text: string): Promise<void> {
  if (!isHash.test(hash)) return;
  const there = await access(fileOf(hash)).then(
    () => true,
    () => false,
  );
  if (!there) await writeFileAtomically(fileOf(hash), text, 0o640);
}

/**
 * A plan that was kept, read as today's schema reads it, so that a default that was added since is no change.
 * @returns undefined when it was not kept, or today's schema takes it no more
 */
export async function keptPlan(hash: string): Promise<Plan | undefined> {
  if (!isHash.test(hash)) return undefined;
  const text = await readFile(fileOf(hash), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : examinePlan(text, fileOf(hash)).plan;
}

/** Hashes of the plans that were kept, the one that was kept last first. */
export async function keptHashes(): Promise<string[]> {
  const names = await readdir(folder()).catch(() => [] as string[]);
  const hashes = names
    .flatMap((one) => (one.endsWith('.yaml') ? [one.slice(0, -'.yaml'.length)] : []))
    .filter((one) => isHash.test(one));
  const dated = await Promise.all(hashes.map(async (hash) => ({ hash, at: (await stat(fileOf(hash))).mtimeMs })));
  return dated.sort((a, b) => b.at - a.at).map(({ hash }) => hash);
}
