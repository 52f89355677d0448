import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { findService } from '../shared/containers';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { demandCopy } from './ours';

export interface DisconnectService extends DrillCopy {
  service: string;
  approval: ApprovalReference;
}

/**
 * Plants a lost network in the copy: the service's container is taken out of every network it is in. Safe to run again.
 * @returns the networks that this call took it out of
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, has no container, or stays in a network
 */
export async function disconnectService(args: DisconnectService): Promise<{ networks: string[] }> {
  demandApproval(args.approval);
  demandCopy(args);
  const { site, service } = args;
  return withHeartbeat(`disconnecting ${service}`, async () => {
    const found = await findService(site, service);
    if (!found) throw drFailure('DR-DRILL', `service ${service} of the copy has no container that could be cut off`);
    demandService(site, service, found);
    const networks = Object.keys(found.NetworkSettings.Networks);
    await Promise.all(
      networks.map((name) =>
        onEngine(site, `disconnecting ${service} from network ${name}`, (engine) =>
          engine.getNetwork(name).disconnect({ Container: found.Id, Force: true }),
        ),
      ),
    );
    const left = Object.keys((await findService(site, service))?.NetworkSettings.Networks ?? {});
    if (left.length > 0)
      throw drFailure('DR-DRILL', `service ${service} of the copy was cut off, and is in ${left.join(', ')}`, {
        retry: true,
      });
    return { networks };
  });
}
