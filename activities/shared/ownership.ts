import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { labels } from './containers';
import { engineOf, engineStatus, onEngine } from './engine';

export interface VolumeFacts {
  name: string;
  labels: Record<string, string>;
  mountpoint: string;
}

/** A volume as the engine describes it; undefined when there is none. */
export async function inspectVolume(site: Site, name: string): Promise<VolumeFacts | undefined> {
  try {
    const info = await engineOf(site).getVolume(name).inspect();
    return { name: info.Name, labels: info.Labels ?? {}, mountpoint: info.Mountpoint };
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    return onEngine(site, `inspecting volume ${name}`, () => Promise.reject(error as Error));
  }
}

/** Refuses a container or volume that was not made for this platform in this role. */
export function demandOurs(site: Site, what: string, found: Record<string, string>, role?: string): void {
  const wrong = [
    [labels.platform, site.compose.project] as const,
    ...(role ? [[labels.role, role] as const] : []),
  ].find(([label, value]) => found[label] !== value);
  if (!wrong) return;
  throw drFailure(
    'DR-NOT-OURS',
    `${what} has label ${wrong[0]}=${JSON.stringify(found[wrong[0]] ?? null)}, expected ${JSON.stringify(wrong[1])}`,
  );
}

/** Refuses a container that is not the one of a compose service of this site's project. */
export function demandService(site: Site, service: string, info: ContainerInspectInfo): void {
  const project = info.Config.Labels['com.docker.compose.project'];
  const found = info.Config.Labels['com.docker.compose.service'];
  if (project === site.compose.project && found === service) return;
  throw drFailure(
    'DR-NOT-OURS',
    `container ${info.Name.replace(/^\//, '')} belongs to service ${found ?? 'none'} of project ${project ?? 'none'}, expected service ${service} of project ${site.compose.project}`,
  );
}
