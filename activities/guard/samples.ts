import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrimarySample } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

const directory = (): string => join(drHome(), 'samples');

/** Keeps the newest sample of an observer, outside the server it is about and outside Temporal. */
export async function keepSample(observer: string, { database }: DatabaseAt, sample: PrimarySample): Promise<void> {
  const path = join(directory(), `${observer}.${database.name}.json`);
  await writeFileAtomically(path, `${JSON.stringify(sample)}\n`, 0o640);
}

/** The newest sample any observer on this machine has kept; undefined when nobody ever watched. */
export async function newestSample({ database }: DatabaseAt): Promise<PrimarySample | undefined> {
  const names = await readdir(directory()).catch(() => []);
  const kept = await Promise.all(
    names
      .filter((name) => name.endsWith(`.${database.name}.json`))
      .map(async (name) => {
        const text = await readFile(join(directory(), name), 'utf8').catch(() => '');
        return text ? (JSON.parse(text) as PrimarySample) : undefined;
      }),
  );
  return kept
    .filter((one) => one !== undefined)
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
}
