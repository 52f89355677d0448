import type { Service, Site } from '../../plan';
import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import { demandApproval } from '../shared/approval';
import { compose } from '../shared/compose';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { afterOrphan } from '../shared/orphan-compose';

export interface RecreateService {
  site: Site;
  service: Pick<Service, 'name'>;
  /** The container as it was looked at; empty: there was none. */
  containerId: string;
  approval: ApprovalReference;
}

/** Time for the old container to end in order before it is killed, seconds. */
const graceSeconds = 5;

/**
 * Makes the container of a service anew from the compose file, and nothing beside it. Images are never pulled: a registry
 * may be part of what is down. A try that died half-way is taken up: a container that is another one and runs is left alone.
 * @returns the container it has now
 * @throws DR-APPROVAL-MISSING, DR-COMPOSE, DR-SERVICE when there is no container afterwards
 */
export async function recreateService(args: RecreateService): Promise<{ containerId: string; recreated: boolean }> {
  demandApproval(args.approval);
  const { site, service } = args;
  return withHeartbeat(`making ${service.name} anew`, async (_beat, signal) => {
    const done = async (): Promise<string | undefined> => {
      const info = await findService(site, service.name);
      return info?.State.Running && info.Id !== args.containerId ? info.Id : undefined;
    };
    await afterOrphan(done, (graceSeconds + 10) * 1000, signal);
    const before = await done();
    if (before) return { containerId: before, recreated: false };
    const anew = ['--force-recreate', '--no-deps', '--pull', 'never', '--timeout', String(graceSeconds)];
    await compose(site, ['up', '-d', ...anew, service.name], signal);
    const after = await findService(site, service.name);
    if (!after || after.Id === args.containerId)
      throw drFailure('DR-SERVICE', `Compose ended well, and service ${service.name} has no new container`, {
        retry: true,
      });
    return { containerId: after.Id, recreated: true };
  });
}
