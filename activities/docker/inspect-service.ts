import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInspectInfo } from 'dockerode';
import type { HealthAnswer, ServiceAt, ServiceContainer, ServiceFacts } from '../../workflows/contracts/service';
import { composeService } from '../shared/compose';
import { findService } from '../shared/containers';
import { askPage, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectImage } from '../shared/images';

/** Longest wait for one look at the health page, milliseconds; never longer than its own health check waits. */
const patienceMs = 3_000;
/** A no of a container that runs is asked again once, after this time. */
const againMs = 500;

/**
 * Looks at a service from both sides at once: what its engine says of its container, and what it says of itself. One that
 * says no is asked twice.
 */
export async function inspectService({ site, service }: ServiceAt): Promise<ServiceFacts> {
  return withHeartbeat(`looking at ${service.name}`, async (_beat, signal) => {
    const look = (): Promise<HealthAnswer> =>
      askPage(site, healthUrl(site, service), signal, Math.min(service.health.timeout, patienceMs));
    const [info, first, { image }] = await Promise.all([
      findService(site, service.name),
      look(),
      composeService(site, service.name, signal),
    ]);
    // Nobody answering in all that time is told once.
    const says = info?.State.Running && !info.State.Paused && first.status !== undefined;
    const again = !first.healthy && says ? sleep(againMs, undefined, { signal }).then(look) : first;
    const [health, there] = await Promise.all([again, inspectImage(site, image)]);
    return {
      service: service.name,
      site: site.name,
      at: new Date().toISOString(),
      ...(info ? { container: describe(info) } : {}),
      image: { name: image, there: there !== undefined },
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
