import type { Site } from '../../plan';
import type { StoppedService } from '../../workflows/contracts/site';
import { findService } from '../shared/containers';
import { withEnginePatience } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';

export interface InspectServices {
  site: Site;
  /** Compose services. */
  services: string[];
  /** Longest silence of the engine during a call, milliseconds (default 25 000). */
  engineSilenceMs?: number;
}

/**
 * What `releaseServices` needs to put services back: read before they are stopped, because a second try of `stopServices` finds
 * what the first has left. Changes nothing. A service without a container is one that does not run.
 * @throws DR-ENGINE
 */
export async function inspectServices({ site, services, engineSilenceMs }: InspectServices): Promise<StoppedService[]> {
  return withHeartbeat(`looking at ${services.join(', ')}`, () =>
    withEnginePatience(engineSilenceMs, () =>
      Promise.all(
        services.map(async (service): Promise<StoppedService> => {
          const info = await findService(site, service);
          if (!info) return { service, policy: 'no', ran: false };
          const policy = info.HostConfig.RestartPolicy?.Name || 'no';
          return { service, containerId: info.Id, policy, ran: info.State.Running || info.State.Restarting };
        }),
      ),
    ),
  );
}
