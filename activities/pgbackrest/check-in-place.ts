import { cancellationSignal } from '@temporalio/activity';
import { problemOf } from '../../workflows/contracts/errors';
import type { Coverage } from '../../workflows/contracts/recovery';
import { inspectContainer } from '../shared/containers';
import { checkCoverage, type CheckCoverage } from './check-coverage';
import { toolboxNeeds } from './toolbox-needs';

export interface CheckInPlace extends Omit<CheckCoverage, 'toolbox'> {
  /** The database's own container, and its image. */
  container: string;
  image: string;
}

/**
 * `checkCoverage`, asked in the container of the server itself, which has the repository too: the toolbox takes half a second
 * to come and go, and who asked for a moment that cannot be had shall hear so within one. Reads only. Only an answer of this
 * kind is one; whatever speaks against asking here, or goes wrong (a full disk, a repository that it cannot read), is a
 * reason to open the toolbox (`unable`).
 */
export async function checkInPlace(at: CheckInPlace): Promise<{ coverage: Coverage } | { unable: string }> {
  const { backup, copyVolume } = at.database;
  // Where the copies will lie is seen through a volume of the toolbox.
  if (copyVolume) return { unable: 'the plan keeps copies on a volume of their own' };
  try {
    const [info, { reasons }] = await Promise.all([inspectContainer(at.site, at.container), toolboxNeeds(at)]);
    const mounted = info?.Mounts.some(
      (one) => one.Destination === backup.repositoryPath && one.Name === backup.repositoryVolume,
    );
    if (!info?.State.Running || info.State.Paused || !mounted)
      return { unable: 'the server does not run, or has not this repository' };
    const coverage = await checkCoverage({ ...at, toolbox: at.container });
    return { coverage: { ...coverage, refusals: [...reasons, ...coverage.refusals] } };
  } catch (error) {
    cancellationSignal().throwIfAborted();
    return { unable: problemOf(error).message };
  }
}
