import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { IsolatedAt, RestartPolicy } from '../../workflows/contracts/isolation';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { putRestartPolicy } from '../shared/restart-policy';
import { reconnect } from './reconnect';

export interface LiftIsolation extends IsolatedAt {
  /** Networks it was in before. */
  networks: string[];
  /** It was frozen by the isolation, so it is thawed. */
  thaw: boolean;
  /** The restart policy it had before. */
  restartPolicy: RestartPolicy;
  approval: ApprovalReference;
}

/**
 * Puts an isolated container back into its networks, under the names Compose gives it, thaws it, and gives it its restart policy back. The
 * networks first: what it does next it does as before. Safe to run again, and where nothing was isolated.
 * @returns the networks it was put into, and whether it runs now
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-SERVICE when the container is gone or stays frozen, DR-ENGINE
 */
export async function liftIsolation({
  site,
  service,
  containerId,
  networks,
  thaw,
  restartPolicy,
  approval,
}: LiftIsolation): Promise<{ networks: string[]; running: boolean }> {
  demandApproval(approval);
  return withHeartbeat(`lifting the isolation of ${service}`, async () => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} is gone`);
    demandService(site, service, before);
    const put = await reconnect(site, before, networks);
    if (thaw && before.State.Paused)
      await onEngine(site, `unpausing ${containerId}`, (engine) =>
        engine
          .getContainer(containerId)
          .unpause()
          .catch((error: unknown) => {
            if (![304, 409].includes(engineStatus(error) ?? 0)) throw error;
          }),
      );
    const after = await inspectContainer(site, containerId);
    if (thaw && after?.State.Paused)
      throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} stays frozen`, { retry: true });
    await putRestartPolicy(site, before, restartPolicy);
    return { networks: put, running: (after?.State.Running ?? false) && !after?.State.Paused };
  });
}
