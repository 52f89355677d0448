import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import type { ContainerFacts } from '../../workflows/contracts/recovery';
import { engineOf, engineStatus, onEngine } from './engine';

/** Labels of everything the orchestrator makes, so that it can be told apart, found again and swept up. */
export const labels = {
  /** Lock of the run that made it. */
  run: 'dr.run',
  /** `copy`, `toolbox`, `damaged`, … */
  role: 'dr.role',
  /** Compose project the thing was made for. */
  platform: 'dr.platform',
  /** UTC time after which nobody needs it. */
  expires: 'dr.expires',
  /** Parameters the thing was made with, hashed: tells a finished earlier try from something else. */
  spec: 'dr.spec',
} as const;

/** The container of a compose service at a site, running or not; undefined when there is none. */
export async function findService(site: Site, service: string): Promise<ContainerInspectInfo | undefined> {
  return onEngine(site, `looking for service ${service}`, async (engine) => {
    const found = await engine.listContainers({
      all: true,
      filters: {
        label: [
          `com.docker.compose.project=${site.compose.project}`,
          `com.docker.compose.service=${service}`,
          // A shell that somebody opened by `docker compose run` is not the service.
          'com.docker.compose.oneoff=False',
        ],
      },
    });
    const first = found.find((one) => one.State === 'running') ?? found[0];
    return first ? inspectContainer(site, first.Id) : undefined;
  });
}

/** A container by id or name; undefined when there is none. */
export async function inspectContainer(site: Site, id: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await engineOf(site).getContainer(id).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    return onEngine(site, `inspecting container ${id}`, () => Promise.reject(error as Error));
  }
}

/** The engine's description in our words. */
export function containerFacts(info: ContainerInspectInfo, dataDirectory: string): ContainerFacts {
  const mount = info.Mounts.find((one) => one.Destination === dataDirectory);
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    service: info.Config.Labels['com.docker.compose.service'] ?? '',
    image: info.Config.Image,
    imageId: info.Image,
    running: info.State.Running,
    paused: info.State.Paused,
    exitCode: info.State.ExitCode,
    startedAt: info.State.StartedAt,
    restartPolicy: info.HostConfig.RestartPolicy?.Name ?? '',
    ...(mount?.Name ? { dataVolume: mount.Name } : {}),
    networks: Object.keys(info.NetworkSettings.Networks),
  };
}

/** Removes a container if it is there; "not there" is success. The caller has checked whose it is. */
export async function removeContainer(site: Site, id: string): Promise<void> {
  try {
    await engineOf(site).getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return;
    // 409: a removal of it is already under way; it is gone in a moment and the caller verifies by inspecting.
    if (status === 409) return;
    await onEngine(site, `removing container ${id}`, () => Promise.reject(error as Error));
  }
}
