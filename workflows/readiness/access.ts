/** What recovery must reach, read and write, and the room it needs. Pure. */
import type { Plan } from '../../plan';
import type { ReadinessFacts, ReadinessItem } from '../contracts/readiness';
import { bytes, count } from '../contracts/words';
import { area } from './items';

const access = area('Access');
const capacity = area('Capacity');
/** A copy needs its data and some more, as the pre-flight of a recovery counts. */
const copyFactor = 1.2;

/** Engines, secrets and files of every site, and the folder of the reports. */
export function judgeAccess({ sites, past }: ReadinessFacts): ReadinessItem[] {
  return [
    ...sites.flatMap(({ name: site, engine, access: found }) => {
      const reached =
        engine.value === undefined
          ? access.failed(
              `site ${site}`,
              `its worker or its engine does not answer: ${engine.problem ?? ''}`,
              'Start its worker beside its engine: `./dr up`.',
            )
          : access.ok(`site ${site}`, 'its worker and its engine answer');
      if (found.value === undefined) return [reached, access.unknown(`files of site ${site}`, found)];
      const { secrets, paths } = found.value;
      const unread = secrets.filter((one) => one.problem !== undefined);
      const shut = paths.filter((one) => one.problem !== undefined);
      return [
        reached,
        unread.length === 0
          ? access.ok(`secrets of site ${site}`, `${count(secrets.length)} can be read`)
          : access.failed(
              `secrets of site ${site}`,
              unread.map(({ what, problem }) => `${what}: ${problem ?? ''}`).join('; '),
              'Put the values where the plan points at.',
            ),
        shut.length === 0
          ? access.ok(`files of site ${site}`, `${count(paths.length)} can be written`)
          : access.failed(
              `files of site ${site}`,
              shut.map(({ what, path, problem }) => `${what} (${path}): ${problem ?? ''}`).join('; '),
              'Let the worker of the site write there.',
            ),
      ];
    }),
    ...(past.value === undefined
      ? [access.unknown('reports of earlier runs', past)]
      : past.value.unwritable === undefined
        ? []
        : [access.failed('folder of the reports', past.value.unwritable, 'Let the control worker write there.')]),
  ];
}

/** Room for one copy of each database. */
export const judgeCapacity = ({ databases }: ReadinessFacts): ReadinessItem[] =>
  databases.map(({ name: database, disk, server }) => {
    const name = `room for a copy of ${database}`;
    if (disk.value === undefined) return capacity.unknown(name, disk);
    const { path, freeBytes } = disk.value;
    const size = server.value?.databaseBytes ?? 0;
    const needed = Math.ceil(size * copyFactor);
    const says = `${path} has ${bytes(freeBytes)} free, a copy needs ${bytes(needed)} and its WAL`;
    return freeBytes < needed
      ? capacity.failed(name, says, 'Free disk there, or give copies a place of their own (`copyVolume` in the plan).')
      : capacity.ok(name, says);
  });

/** Another site than the primary one serves: everything else is looked at there. @param away what says so */
export function judgeServing({ sites }: Plan, away: string | undefined): ReadinessItem[] {
  if (away === undefined) return [];
  const name = sites.find(({ role }) => role === 'primary')?.name ?? '';
  return [
    access.warning(
      `site ${name} serves`,
      `${away}: what recovery needs is looked at there`,
      'Nothing is recovered at the primary site meanwhile. To come home: `./dr site failback --reason "WHY"`.',
    ),
  ];
}
