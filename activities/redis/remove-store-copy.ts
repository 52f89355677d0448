import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { drFailure } from '../../workflows/contracts/errors';
import { composeVariable } from '../shared/compose';
import { inspectContainer, labels, removeContainer } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { demandUnused, removeVolume } from '../shared/remove-volume';
import { storeCopyNames, type CopyAt } from './copy-names';

/**
 * Removes the copy of a restore: its container and its volume. It is the undo of the restore. What is gone is gone; a volume
 * that the env file has given to the store by now is the store's, and stays.
 * @returns whether the volume is gone
 * @throws DR-NOT-OURS when a label is wrong, another run made it, or another container has it
 */
export async function removeStoreCopy(at: CopyAt): Promise<{ removed: boolean }> {
  const { site, store } = at;
  const names = storeCopyNames(at);
  return withHeartbeat(`removing copy ${names.volume}`, async () => {
    if ((await composeVariable(site, store.volumeVariable)) === names.volume) return { removed: false };
    const made = await inspectContainer(site, names.container);
    if (made) {
      demandMine(at, `container ${names.container}`, made.Config.Labels);
      await removeContainer(site, names.container);
    }
    const found = await inspectVolume(site, names.volume);
    if (!found) return { removed: true };
    demandMine(at, `volume ${names.volume}`, found.labels);
    await demandUnused(site, names.volume, [names.container]);
    await removeVolume(site, names.volume, cancellationSignal());
    return { removed: true };
  });
}

/** Made for this platform, by this very run. */
function demandMine({ site }: CopyAt, what: string, found: Record<string, string>): void {
  demandOurs(site, what, found, 'copy');
  const caller = activityInfo().workflowExecution?.workflowId ?? 'none';
  if (found[labels.run] === caller) return;
  throw drFailure('DR-NOT-OURS', `${what} was made by run ${found[labels.run] ?? 'none'}, this is run ${caller}`);
}
