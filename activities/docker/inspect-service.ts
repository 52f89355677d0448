import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { ServiceAt, ServiceContainer, ServiceFacts } from '../../workflows/contracts/service';
import { composeImage } from '../shared/compose';
import { findService } from '../shared/containers';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { askPage, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

/** Looks at a service from both sides at once: what its engine says of its container, and what it says of itself. */
export async function inspectService({ site, service }: ServiceAt): Promise<ServiceFacts> {
  return withHeartbeat(`looking at ${service.name}`, async (_beat, signal) => {
    const [info, health] = await Promise.all([
      findService(site, service.name),
      askPage(healthUrl(site, service), signal),
    ]);
    const image = info?.Config.Image ?? (await composeImage(site, service.name, signal));
    return {
      service: service.name,
      site: site.name,
      at: new Date().toISOString(),
      ...(info ? { container: describe(info) } : {}),
      image: { name: image, there: await hasImage(site, image) },
      health,
    };
  });
}

function describe(info: ContainerInspectInfo): ServiceContainer {
  const { State, HostConfig } = info;
  // The engine writes year 1 for "never".
  const ended = Date.parse(State.FinishedAt) > 0 ? State.FinishedAt : undefined;
  return {
    id: info.Id,
    image: info.Config.Image,
    imageId: info.Image,
    running: State.Running,
    paused: State.Paused,
    restarting: State.Restarting,
    restarts: info.RestartCount,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    startedAt: State.StartedAt,
    ...(ended ? { finishedAt: ended } : {}),
    restartPolicy: HostConfig.RestartPolicy?.Name ?? '',
  };
}

async function hasImage(site: Site, name: string): Promise<boolean> {
  try {
    await engineOf(site).getImage(name).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    return onEngine(site, `looking for image ${name}`, () => Promise.reject(error as Error));
  }
}
