import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { onEngine } from '../shared/engine';
import { demandService } from '../shared/ownership';

/**
 * Sets the restart policy of a server's container: `no` before it is stopped for good, the old one when that is undone.
 * @returns `from`: the policy it had
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-DATABASE-DOWN when the container is gone
 */
export async function setRestartPolicy(
  args: DatabaseAt & { containerId: string; policy: string; approval: ApprovalReference },
): Promise<{ from: string; to: string }> {
  demandApproval(args.approval);
  const { site, database, containerId, policy } = args;
  const info = await inspectContainer(site, containerId);
  if (!info) throw drFailure('DR-DATABASE-DOWN', `container ${containerId} of ${database.service} is gone`);
  demandService(site, database.service, info);
  const from = info.HostConfig.RestartPolicy?.Name || 'no';
  if (from !== policy)
    await onEngine(site, `setting restart policy of ${containerId}`, (engine) =>
      engine.getContainer(containerId).update({ RestartPolicy: { Name: policy } }),
    );
  return { from, to: policy };
}
