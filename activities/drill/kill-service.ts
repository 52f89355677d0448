import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DrillCopy } from '../../workflows/contracts/drill';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { findService, inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';
import { demandCopy } from './ours';

export interface KillService extends DrillCopy {
  service: string;
  approval: ApprovalReference;
}

/**
 * Plants a dead service in the copy: SIGKILL to its container. Safe to run again.
 * @returns id of the container
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, has no container, or runs on
 */
export async function killService(args: KillService): Promise<{ containerId: string }> {
  demandApproval(args.approval);
  demandCopy(args);
  const { site, service } = args;
  return withHeartbeat(`killing ${service}`, async () => {
    const found = await findService(site, service);
    if (!found) throw drFailure('DR-DRILL', `service ${service} of the copy has no container that could be killed`);
    demandService(site, service, found);
    await onEngine(site, `killing ${service}`, () =>
      engineOf(site)
        .getContainer(found.Id)
        .kill({ signal: 'SIGKILL' })
        .catch((error: unknown) => {
          // 409: it does not run.
          if (engineStatus(error) !== 409) throw error;
        }),
    );
    const after = await inspectContainer(site, found.Id);
    if (after?.State.Running)
      throw drFailure('DR-DRILL', `service ${service} of the copy was killed and runs`, { retry: true });
    return { containerId: found.Id };
  });
}
