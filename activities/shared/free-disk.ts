import { cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt, DiskFacts } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { inspectContainer } from './containers';
import { roomPath } from './copy-names';
import { execIn } from './exec';
import { dfArguments, fileSystemRoom, readDf } from './file-system';

/**
 * Free room of the file system on which the copy will lie, seen through a volume that the toolbox has mounted: one made
 * where copies are made if the plan says where, else the damaged data volume, where the copy will be its neighbour, else the repository.
 * @param toolbox name or id of a running container: the toolbox, or the damaged server itself
 */
export async function freeDisk(args: DatabaseAt & { toolbox: string }): Promise<DiskFacts> {
  const { site, database } = args;
  const info = await inspectContainer(site, args.toolbox);
  const mount = [roomPath, database.dataDirectory, database.backup.repositoryPath]
    .map((path) => info?.Mounts.find((one) => one.Destination === path))
    .find((one) => one !== undefined);
  if (!mount)
    throw drFailure('DR-TOOL', `container ${args.toolbox} has no volume mounted on which free disk could be seen`);
  // A worker on the engine's machine need not start a program for it.
  const here = 'socketPath' in site.engine ? await fileSystemRoom(mount.Source).catch(() => undefined) : undefined;
  if (here) return { path: mount.Source, ...here };
  const command = dfArguments(mount.Destination);
  const result = await execIn(site, args.toolbox, command, { signal: cancellationSignal(), timeoutMs: 10_000 });
  const room = readDf(result.stdout);
  if (result.exitCode !== 0 || !room)
    throw drFailure(
      'DR-TOOL',
      `df in container ${args.toolbox} printed ${JSON.stringify((result.stdout + result.stderr).slice(0, 200))}`,
    );
  return { path: mount.Source, ...room };
}
