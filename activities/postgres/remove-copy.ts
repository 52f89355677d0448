import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { databaseResource, readingLock } from '../../workflows/contracts/names';
import { composeVariable } from '../shared/compose';
import { inspectContainer, labels, removeContainer } from '../shared/containers';
import { copyNames } from '../shared/copy-names';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { demandUnused, removeVolume } from '../shared/remove-volume';

/**
 * Removes what a run restored: container of the copy, restore one-shot, volume. It is the undo of the restore and the end
 * of an inspectable copy, called by the run that made it or by the keeper it was handed over to. Safe when some or all of
 * it is gone already.
 * @returns names of what was removed
 * @throws DR-NOT-OURS when a label is wrong, another run made it, or the volume is chosen for or used by a server
 */
export async function removeCopy(args: DatabaseAt & { key: string }): Promise<{ removed: string[] }> {
  const { site } = args;
  const names = copyNames(site, args.key);
  const volume = await inspectVolume(site, names.volume);
  if (volume) {
    demandOurs(site, `volume ${names.volume}`, volume.labels, 'copy');
    demandMaker(args, `volume ${names.volume}`, volume.labels);
    await demandIdle(args, names.volume, [names.container, names.restore]);
  }
  const removed: string[] = [];
  for (const [name, role] of [
    [names.container, 'copy'],
    [names.restore, 'restore'],
  ] as const) {
    const info = await inspectContainer(site, name);
    if (!info) continue;
    demandOurs(site, `container ${name}`, info.Config.Labels, role);
    demandMaker(args, `container ${name}`, info.Config.Labels);
    await removeContainer(site, info.Id);
    removed.push(name);
  }
  if (volume) {
    await removeVolume(site, names.volume, cancellationSignal());
    removed.push(names.volume);
  }
  return { removed };
}

/** Refuses what another run made, unless that run handed it over to the calling keeper. */
function demandMaker(args: DatabaseAt & { key: string }, what: string, found: Record<string, string>): void {
  const caller = activityInfo().workflowExecution?.workflowId ?? 'none';
  const makers = makersFor(caller, databaseResource(args.database.name), args.key);
  const made = found[labels.run] ?? 'none';
  if (makers.includes(made)) return;
  throw drFailure('DR-NOT-OURS', `${what} was made by run ${made}, this is run ${caller}`);
}

/** Runs whose copy the caller may remove: its own, and for the keeper of a key that of the run which only made a copy. */
export function makersFor(caller: string, resource: string, key: string): string[] {
  const keeps = caller === `${readingLock('keep', resource)}.${key}`;
  return [caller, ...(keeps ? [readingLock('copy', resource)] : [])];
}

/** Refuses when the volume serves, or is about to serve, the database. */
async function demandIdle(at: DatabaseAt, volume: string, own: string[]): Promise<void> {
  const chosen = await composeVariable(at.site, at.database.volumeVariable);
  if (chosen === volume)
    throw drFailure(
      'DR-NOT-OURS',
      `volume ${volume} is what ${at.database.volumeVariable} of ${at.site.compose.envFile} names: the database runs on it`,
    );
  await demandUnused(at.site, volume, own);
}
