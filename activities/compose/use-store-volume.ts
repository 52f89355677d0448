import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { StoreAt } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose, composeVariable } from '../shared/compose';
import { findService } from '../shared/containers';
import { setEnvVariable } from '../shared/env-file';
import { withHeartbeat } from '../shared/heartbeat';
import { afterOrphan } from '../shared/orphan-compose';
import { inspectVolume } from '../shared/ownership';

export interface UseStoreVolume extends StoreAt {
  volume: string;
  approval: ApprovalReference;
}

/** Time for the store to end in order, seconds: it writes what it has to its old volume. */
const graceSeconds = 30;

/**
 * Gives a store another volume, by its variable in the site's env file, and makes its container anew on it. Serves the
 * cut-over of a restore and, with the old volume, its undo. A container that runs on the volume already is left alone.
 * @returns `from`: the volume the env file named before
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS when there is no such volume, DR-COMPOSE, DR-STORE
 */
export async function useStoreVolume(args: UseStoreVolume): Promise<{ from: string; to: string; containerId: string }> {
  demandApproval(args.approval);
  const { site, store, volume } = args;
  return withHeartbeat(`giving ${store.name} volume ${volume}`, async (_beat, signal) => {
    if (!(await inspectVolume(site, volume)))
      throw drFailure('DR-NOT-OURS', `volume ${volume} does not exist at site ${site.name}`);
    const from = (await composeVariable(site, store.volumeVariable)) ?? '';
    const on = async (running: boolean): Promise<string | undefined> => {
      const info = await findService(site, store.service);
      const mount = info?.Mounts.find((one) => one.Destination === store.dataDirectory);
      return info && mount?.Name === volume && (info.State.Running || !running) ? info.Id : undefined;
    };
    await afterOrphan(() => on(true), (graceSeconds + 10) * 1000, signal);
    const before = await on(true);
    if (before && from === volume) return { from, to: volume, containerId: before };
    await setEnvVariable(site, store.volumeVariable, volume);
    const anew = ['--no-deps', '--pull', 'never', '--timeout', String(graceSeconds)];
    await compose(site, ['up', '-d', ...anew, store.service], signal);
    // Whether it serves is for the next step to say: a volume that is given back may be a damaged one.
    const containerId = await on(false);
    if (!containerId)
      throw drFailure('DR-STORE', `Compose ended well, and ${store.service} has no container on volume ${volume}`, {
        retry: true,
      });
    return { from, to: volume, containerId };
  });
}
