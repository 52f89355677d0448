import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { IsolatedAt } from '../../workflows/contracts/isolation';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { putRestartPolicy } from '../shared/restart-policy';

export interface FreezeService extends IsolatedAt {
  approval: ApprovalReference;
}

/**
 * Freezes every process of a container where it stands (`docker pause`): nothing of its memory, its files or its connections
 * is lost, and it can wipe no trace. One that does not run has nothing to freeze. Its restart policy is `no` from then on: a frozen
 * container ends with its engine, and one that the engine starts again is thawed and back in its network. Safe to run again.
 * @returns whether it is frozen now
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-SERVICE when the container is gone or could not be frozen, DR-ENGINE
 */
export async function freezeService({
  site,
  service,
  containerId,
  approval,
}: FreezeService): Promise<{ frozen: boolean }> {
  demandApproval(approval);
  return withHeartbeat(`freezing ${service}`, async () => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} is gone`);
    demandService(site, service, before);
    await putRestartPolicy(site, before, { name: 'no', retries: 0 });
    if (!before.State.Running) return { frozen: false };
    if (!before.State.Paused)
      await onEngine(site, `pausing ${containerId}`, (engine) =>
        engine
          .getContainer(containerId)
          .pause()
          // 304, 409: it is paused already, or has ended meanwhile; the next look says which.
          .catch((error: unknown) => {
            if (![304, 409].includes(engineStatus(error) ?? 0)) throw error;
          }),
      );
    const after = await inspectContainer(site, containerId);
    if (after?.State.Running && !after.State.Paused)
      throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} runs on after it was paused`, {
        retry: true,
      });
    return { frozen: after?.State.Paused ?? false };
  });
}
