import { readFile } from 'node:fs/promises';
import type { EnvFileAt, StatefulVariable } from '../../workflows/contracts/bundle';
import { findService } from '../shared/containers';
import { envValues } from '../shared/env-entries';
import { hostOf } from '../shared/databases-file';
import { inspectVolume } from '../shared/ownership';
import { fromRoot } from '../shared/paths';
import type { Known } from './merge-env';

/** What is in use of everything that an env file decides and procedures change. An engine that cannot be asked knows nothing. */
export async function knownOf(
  { site, stateful }: EnvFileAt,
  present: string | undefined,
): Promise<Record<string, Known>> {
  const now = present === undefined ? {} : envValues(present);
  const entries = stateful.map(async (one): Promise<[string, Known]> => {
    const written = now[one.variable];
    if (one.pooler) return [one.variable, { inUse: await hostInUse(one.pooler) }];
    const [inUse, presentExists] = await Promise.all([
      mountedVolume({ site }, one),
      written === undefined || !nameOfVolume.test(written) ? undefined : exists({ site }, written),
    ]);
    return [one.variable, { inUse, presentExists }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Anything else is asked for nowhere: it is what is left of a broken file. */
const nameOfVolume = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

async function mountedVolume(
  { site }: Pick<EnvFileAt, 'site'>,
  { mounted }: StatefulVariable,
): Promise<string | undefined> {
  if (!mounted) return undefined;
  const info = await findService(site, mounted.service).catch(() => undefined);
  return info?.Mounts.find((one) => one.Destination === mounted.directory)?.Name;
}

const exists = ({ site }: Pick<EnvFileAt, 'site'>, volume: string): Promise<boolean | undefined> =>
  inspectVolume(site, volume).then(
    (found) => found !== undefined,
    () => undefined,
  );

async function hostInUse({
  databasesFile,
  database,
}: NonNullable<StatefulVariable['pooler']>): Promise<string | undefined> {
  try {
    return hostOf(await readFile(fromRoot(databasesFile), 'utf8'), database);
  } catch {
    return undefined;
  }
}
