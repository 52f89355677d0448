import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { ServiceAt } from '../../workflows/contracts/service';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { inspectContainer } from '../shared/containers';
import { onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { demandService } from '../shared/ownership';

export interface LimitMemory extends ServiceAt {
  containerId: string;
  /** Bytes. */
  limitBytes: number;
  approval: ApprovalReference;
}

/**
 * Sets the memory limit of a container while it runs. It holds until the container is made anew: then the Compose file counts.
 * @returns the limit the engine has now, bytes
 * @throws DR-APPROVAL-MISSING, DR-NOT-OURS, DR-SERVICE when the container is gone, DR-ENGINE
 */
export async function limitMemory(args: LimitMemory): Promise<{ limitBytes: number }> {
  demandApproval(args.approval);
  const { site, service, containerId, limitBytes } = args;
  return withHeartbeat(`limiting ${service.name}`, async () => {
    const before = await inspectContainer(site, containerId);
    if (!before) throw drFailure('DR-SERVICE', `container ${containerId} of service ${service.name} is gone`);
    demandService(site, service.name, before);
    const { MemorySwap = 0 } = before.HostConfig;
    await onEngine(site, `limiting ${containerId}`, (engine) =>
      engine.getContainer(containerId).update({
        Memory: limitBytes,
        // Memory and swap together may not be less; where swap was not limited it stays so.
        MemorySwap: MemorySwap === -1 ? -1 : limitBytes * 2,
      }),
    );
    const now = (await inspectContainer(site, containerId))?.HostConfig.Memory ?? 0;
    if (now !== limitBytes)
      throw drFailure(
        'DR-ENGINE',
        `the engine says that ${service.name} may have ${now} bytes, asked for ${limitBytes}`,
        {
          retry: true,
        },
      );
    return { limitBytes: now };
  });
}
