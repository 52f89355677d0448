import type { Gateway, Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { findService } from '../shared/containers';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';

export interface ReloadGateway {
  gateway: Gateway;
  site: Site;
  approval: ApprovalReference;
}

/**
 * Has nginx read its configuration and resolve the names of its upstreams anew: it does so only then, and a container that
 * was started again may have another address. Open requests are finished by the old workers (nginx manual, "Controlling
 * nginx"). A configuration that does not pass its own test is not loaded.
 * @throws DR-APPROVAL-MISSING, DR-GATEWAY
 */
export async function reloadGateway({ gateway, site, approval }: ReloadGateway): Promise<void> {
  demandApproval(approval);
  return withHeartbeat(`reloading ${gateway.service}`, async (_beat, signal) => {
    const info = await findService(site, gateway.service);
    if (!info?.State.Running)
      throw drFailure('DR-GATEWAY', `the gateway ${gateway.service} at site ${site.name} does not run`, {
        retry: true,
      });
    for (const command of [
      ['nginx', '-t'],
      ['nginx', '-s', 'reload'],
    ]) {
      const { exitCode, stdout, stderr } = await execIn(site, info.Id, command, { signal });
      if (exitCode !== 0)
        throw drFailure(
          'DR-GATEWAY',
          `${command.join(' ')} in ${gateway.service} ended with ${exitCode}: ${`${stdout}${stderr}`.trim().slice(-400)}`,
          { retry: true },
        );
    }
  });
}
