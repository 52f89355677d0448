import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { labels, removeContainer } from '../shared/containers';
import { copyNames, runLabels } from '../shared/copy-names';
import { onEngine } from '../shared/engine';

/**
 * Stops the restore of an earlier try whose worker died, so that two never write into one volume. A copy that runs on the
 * volume is left alone: it may be exactly what is wanted.
 * @throws DR-NOT-OURS when a container that is not of this run uses the volume
 */
export async function releaseVolume(at: DatabaseAt & { key: string }, volume: string): Promise<void> {
  const names = copyNames(at.site, at.key);
  const ours = runLabels(at.site, 'restore');
  const users = await onEngine(at.site, `looking for users of volume ${volume}`, (engine) =>
    engine.listContainers({ all: true, filters: { volume: [volume] } }),
  );
  for (const user of users) {
    const name = user.Names[0]?.replace(/^\//, '') ?? user.Id;
    const own = user.Labels[labels.run] === ours[labels.run] && user.Labels[labels.platform] === ours[labels.platform];
    if (!own)
      throw drFailure('DR-NOT-OURS', `volume ${volume} is in use by container ${name}, which is not of this run`);
    if (name === names.restore) await removeContainer(at.site, user.Id);
  }
}

/** Removes the copy of an earlier target of this run, so that its volume can be restored into again. */
export async function removeEarlierCopy(at: DatabaseAt & { key: string }, volume: string): Promise<void> {
  await releaseVolume(at, volume);
  await removeContainer(at.site, copyNames(at.site, at.key).container);
}
