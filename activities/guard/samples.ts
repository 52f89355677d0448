import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrimarySample } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drHome } from '../shared/paths';
import { writeFileAtomically } from '../shared/write-file';

const directory = (): string => join(drHome(), 'samples');

/** A copy of the platform has a database of the same name; its backups are elsewhere, whichever of its sites serves. */
const ending = ({ database }: DatabaseAt): string => `.${database.name}@${database.backup.repositoryVolume}.json`;

/** Keeps the newest sample of an observer, outside the server it is about and outside Temporal. */
export async function keepSample(observer: string, at: DatabaseAt, sample: PrimarySample): Promise<void> {
  const path = join(directory(), `${observer}${ending(at)}`);
  await writeFileAtomically(path, `${JSON.stringify(sample)}\n`, 0o640);
}

/** The newest sample any observer on this machine has kept; undefined when nobody ever watched. */
export async function newestSample(at: DatabaseAt): Promise<PrimarySample | undefined> {
  const names = await readdir(directory()).catch(() => []);
  const kept = await Promise.all(
    names
      .filter((name) => name.endsWith(ending(at)))
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
