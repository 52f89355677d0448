import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { demandService } from '../shared/ownership';
import { putRestartPolicy, restartPolicyOf } from '../shared/restart-policy';

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
  const from = restartPolicyOf(info).name;
  if (from !== policy) await putRestartPolicy(site, info, { name: policy, retries: 0 });
  return { from, to: policy };
}
