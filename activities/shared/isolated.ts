import type { ContainerInspectInfo } from 'dockerode';

/**
 * Whether a container is held still by somebody: frozen, or cut off from every network. What it has is evidence then, and nothing
 * that only wants to help may kill it, start it or make it anew.
 */
export function isolated({
  State,
  HostConfig,
  NetworkSettings,
}: Pick<ContainerInspectInfo, 'State' | 'HostConfig' | 'NetworkSettings'>): boolean {
  if (State.Paused) return true;
  // One in the network of another container has none of its own.
  if (HostConfig.NetworkMode?.startsWith('container:')) return false;
  return Object.keys(NetworkSettings.Networks).length === 0;
}
