import type { Site } from '../../plan';
import type { IsolationFacts } from '../../workflows/contracts/isolation';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { restartPolicyOf } from '../shared/restart-policy';

/** Looks at the container of a Compose service: does it run, is it frozen, in which networks is it, what restarts it. */
export async function inspectIsolation({ site, service }: { site: Site; service: string }): Promise<IsolationFacts> {
  return withHeartbeat(`looking at ${service}`, async () => {
    const info = await findService(site, service);
    const at = new Date().toISOString();
    if (!info) return { service, at };
    const { State, Config, NetworkSettings } = info;
    return {
      service,
      at,
      container: {
        id: info.Id,
        name: info.Name.replace(/^\//, ''),
        image: Config.Image,
        imageId: info.Image,
        running: State.Running,
        paused: State.Paused,
        startedAt: State.StartedAt,
        networks: Object.keys(NetworkSettings.Networks).sort(),
        restartPolicy: restartPolicyOf(info),
      },
    };
  });
}
