import { cancellationSignal } from '@temporalio/activity';
import { problemOf } from '../../workflows/contracts/errors';
import type { Coverage, DiskFacts } from '../../workflows/contracts/recovery';
import { inspectContainer } from '../shared/containers';
import { freeDisk } from '../shared/free-disk';
import { checkCoverage, type CheckCoverage } from './check-coverage';
import { unreadable } from './explain';
import { toolboxNeeds } from './toolbox-needs';

export interface CheckInPlace extends Omit<CheckCoverage, 'toolbox'> {
  /** The database's own container, and its image. */
  container: string;
  image: string;
}

/**
 * `checkCoverage`, asked in the container of the server itself, which has the repository too: the toolbox takes half a second
 * to come and go, and who asked for a moment that cannot be had shall hear so within one. Opens a few segments at a time, in
 * the server's /tmp, and takes them away again. Good for a refusal only: the server has a pass phrase of its own. Whatever
 * speaks against asking here, or goes wrong (a full disk, a segment that cannot be read), is a reason to open the toolbox
 * (`unable`).
 */
export async function checkInPlace(
  at: CheckInPlace,
): Promise<{ coverage: Coverage; disk: DiskFacts } | { unable: string }> {
  const { backup, copyVolume } = at.database;
  // Where the copies will lie is seen through a volume of the toolbox.
  if (copyVolume) return { unable: 'the plan keeps copies on a volume of their own' };
  // These are looked for in all WAL behind a backup: hundreds of segments have no place on the disk of a server that works.
  if (at.target.kind === 'xid' || at.target.kind === 'name')
    return { unable: `a ${at.target.kind === 'xid' ? 'transaction' : 'restore point'} is looked for in the toolbox` };
  try {
    const [info, { reasons }] = await Promise.all([inspectContainer(at.site, at.container), toolboxNeeds(at)]);
    const mounted = info?.Mounts.some(
      (one) => one.Destination === backup.repositoryPath && one.Name === backup.repositoryVolume,
    );
    if (!info?.State.Running || info.State.Paused || !mounted)
      return { unable: 'the server does not run, or has not this repository' };
    const [coverage, disk] = await Promise.all([
      checkCoverage({ ...at, toolbox: at.container }),
      freeDisk({ ...at, toolbox: at.container }),
    ]);
    const unread = coverage.refusals.find((one) => one.message.includes(unreadable));
    if (unread) return { unable: unread.message };
    return { coverage: { ...coverage, refusals: [...reasons, ...coverage.refusals] }, disk };
  } catch (error) {
    cancellationSignal().throwIfAborted();
    return { unable: problemOf(error).message };
  }
}
