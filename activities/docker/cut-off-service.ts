import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { IsolatedAt } from '../../workflows/contracts/isolation';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';

export interface CutOffService extends IsolatedAt {
  approval: ApprovalReference;
}

/**
 * Takes a container out of every network it is in. Its ports are then published no more. Safe to run again.
 * @returns the networks that this call took it out of
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-SERVICE when the container is gone or stays in a network, DR-ENGINE
 */
export async function cutOffService({
  site,
  service,
  containerId,
  approval,
}: CutOffService): Promise<{ networks: string[] }> {
  demandApproval(approval);
  return withHeartbeat(`cutting off ${service}`, async () => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} is gone`);
    demandService(site, service, before);
    const networks = Object.keys(before.NetworkSettings.Networks);
    await Promise.all(
      networks.map((name) =>
        onEngine(site, `disconnecting ${containerId} from network ${name}`, (engine) =>
          engine.getNetwork(name).disconnect({ Container: containerId, Force: true }),
        ),
      ),
    );
    const after = await inspectContainer(site, containerId);
    const left = Object.keys(after?.NetworkSettings.Networks ?? {});
    if (left.length > 0)
      throw drFailure('DR-SERVICE', `container ${containerId} of service ${service} is still in ${left.join(', ')}`, {
        retry: true,
      });
    return { networks };
  });
}
