import type { MemberAt } from '../../workflows/contracts/cluster';
import { compose } from '../shared/compose';
import { findService } from '../shared/containers';
import { drFailure } from '../../workflows/contracts/errors';
import { withHeartbeat } from '../shared/heartbeat';

/**
 * Makes the container of a member again and does not start it: what its compose file and the env file say of it (image,
 * volume, network) is then there to be read. One that exists is left alone. Safe to repeat.
 * @throws DR-COMPOSE
 */
export async function createServer({ site, service }: MemberAt): Promise<{ containerId: string }> {
  return withHeartbeat(`making the container of ${service}`, async (_beat, signal) => {
    await compose(site, ['up', '--no-start', '--no-deps', '--no-recreate', '--pull', 'never', service], signal);
    const info = await findService(site, service);
    if (info) return { containerId: info.Id };
    throw drFailure('DR-COMPOSE', `service ${service} at site ${site.name} has no container after Compose made it`);
  });
}
