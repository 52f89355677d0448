import type { ContainerInspectInfo } from 'dockerode';
import type { Database, Freeable, Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { composeVariable } from '../shared/compose';
import { execIn } from '../shared/exec';

/** Whether a path is another one, or lies below it. */
export const inside = (path: string, directory: string): boolean =>
  `${path.replace(/\/+$/, '')}/`.startsWith(`${directory.replace(/\/+$/, '')}/`);

/**
 * What `find` is asked for: plain files of that name, on that file system only, not changed since a moment. It follows no link.
 * @param olderThan milliseconds since 1970: the same files whenever it is asked, and no newer ones
 */
export const findArguments = ({ directory, files }: Freeable, olderThan: number): string[] => [
  '-P',
  directory,
  '-xdev',
  '-type',
  'f',
  '-name',
  files,
  '!',
  '-newermt',
  `@${(olderThan / 1000).toFixed(3)}`,
];

/**
 * PostgreSQL's data, its WAL and its backups are never removed, whatever a plan says: a full disk is no reason to lose what it
 * holds. Nor is anything behind a link that leads elsewhere.
 * @throws DR-NOT-OURS
 */
export async function refuseData(
  site: Site,
  info: ContainerInspectInfo,
  { directory, name }: Freeable,
  databases: Database[],
  signal: AbortSignal,
): Promise<void> {
  const refuse = (why: string): never => {
    throw drFailure('DR-NOT-OURS', `${directory} of entry ${name} ${why}: nothing of it is removed`);
  };
  const run = (command: string[]) => execIn(site, info.Id, command, { signal, timeoutMs: 60_000 });
  const real = (await run(['readlink', '-f', '--', directory])).stdout.trim();
  if (real !== directory.replace(/(.)\/+$/, '$1')) refuse(`leads to ${real || 'nowhere'}`);
  if (/\/(pg_wal|pg_xlog|pgbackrest)(\/|$)/.test(real)) refuse('is a directory of PostgreSQL');
  const volumes = new Set<string | undefined>();
  for (const database of databases) {
    volumes.add(database.backup.repositoryVolume);
    for (const { volumeVariable } of [database, ...database.standbys])
      volumes.add(await composeVariable(site, volumeVariable));
  }
  const mounts = info.Mounts.filter(({ Destination }) => inside(real, Destination) || inside(Destination, real));
  const volume = mounts.find((one) => volumes.has(one.Name));
  if (volume) refuse(`is on volume ${volume.Name ?? ''}, which a database uses`);
  const cluster = await run(['find', '-P', real, '-xdev', '-name', 'PG_VERSION', '-print', '-quit']);
  if (cluster.stdout.trim() !== '') refuse('holds a PostgreSQL data directory');
}
