import type { Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { StoppedService } from '../../workflows/contracts/site';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';

/**
 * Undo of `stopServices`: the old restart policy, and what ran runs again. A container that is gone is left to Compose.
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-ENGINE
 */
export async function releaseServices(args: {
  site: Site;
  services: StoppedService[];
  approval: ApprovalReference;
}): Promise<void> {
  demandApproval(args.approval);
  const { site, services } = args;
  return withHeartbeat(`letting ${services.map((one) => one.service).join(', ')} go`, async () => {
    for (const { service, containerId, policy, ran } of services) {
      const info = containerId === undefined ? undefined : await inspectContainer(site, containerId);
      if (!info) continue;
      demandService(site, service, info);
      const container = engineOf(site).getContainer(info.Id);
      if ((info.HostConfig.RestartPolicy?.Name || 'no') !== policy)
        await onEngine(site, `setting restart policy of ${service}`, () =>
          container.update({ RestartPolicy: { Name: policy } }),
        );
      if (ran && !info.State.Running)
        await onEngine(site, `starting ${service}`, () =>
          container.start().catch((error: unknown) => {
            if (engineStatus(error) !== 304) throw error;
          }),
        );
    }
  });
}
