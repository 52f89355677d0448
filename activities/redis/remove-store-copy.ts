import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { drFailure } from '../../workflows/contracts/errors';
import { composeVariable } from '../shared/compose';
import { inspectContainer, labels, removeContainer } from '../shared/containers';
import { engineStatus, onEngine, patientEngineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandOurs, inspectVolume } from '../shared/ownership';
import { until } from '../shared/until';
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
    await demandUnused(at, names);
    await until(() => removeVolume(at, names.volume), {
      deadlineMs: 10_000,
      signal: cancellationSignal(),
      onTimeout: () => drFailure('DR-ENGINE', `volume ${names.volume} stays in use`, { retry: true }),
    });
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

async function demandUnused(
  { site }: CopyAt,
  { volume, container }: { volume: string; container: string },
): Promise<void> {
  const users = await onEngine(site, `asking who uses ${volume}`, (engine) =>
    engine.listContainers({ all: true, filters: { volume: [volume] } }),
  );
  const other = users.flatMap((one) => one.Names.map((name) => name.slice(1))).find((name) => name !== container);
  if (other) throw drFailure('DR-NOT-OURS', `volume ${volume} is used by container ${other}`);
}

/** The engine lets go of a volume a moment after its container: 409 means not yet. */
async function removeVolume({ site }: CopyAt, name: string): Promise<true | undefined> {
  try {
    await patientEngineOf(site).getVolume(name).remove();
    return true;
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return true;
    if (status === 409) return undefined;
    return onEngine(site, `removing volume ${name}`, () => Promise.reject(error as Error));
  }
}
