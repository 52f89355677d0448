import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerStats } from 'dockerode';
import type { Site } from '../../plan';
import type { ContainerUse } from '../../workflows/contracts/resources';
import { inspectContainer } from '../shared/containers';
import { engineOf, engineStatus, onEngine } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';
import { isolated } from '../shared/isolated';
import { listServices } from '../shared/project';

export interface MeasureContainers {
  site: Site;
  /** Whether to say how busy they are, too: that takes a second look at each. Default true. */
  cpus?: boolean;
}

/** Between the two looks that tell how busy a container is, milliseconds. */
const apartMs = 300;

/**
 * Measures what every container of a site's project takes: all at once, each asked twice for what it is now. Docker's own
 * streaming statistics would take two seconds for the first answer.
 * @throws DR-ENGINE
 */
export async function measureContainers({ site, cpus = true }: MeasureContainers): Promise<ContainerUse[]> {
  return withHeartbeat('measuring containers', async (_beat, signal) => {
    const found = [...(await listServices(site))];
    return Promise.all(found.map(([service, { Id }]) => measure(site, service, Id, cpus ? signal : undefined)));
  });
}

async function measure(site: Site, service: string, id: string, signal?: AbortSignal): Promise<ContainerUse> {
  const info = await inspectContainer(site, id);
  const running = info?.State.Running === true;
  const before = running ? await statsOf(site, id) : undefined;
  if (before && signal) await sleep(apartMs, undefined, { signal });
  const now = before && signal ? await statsOf(site, id) : before;
  const limit = info?.HostConfig.Memory ?? 0;
  return {
    service,
    containerId: id,
    running,
    startedAt: info?.State.StartedAt ?? '',
    memoryBytes: now ? usedBy(now) : null,
    limitBytes: limit > 0 ? limit : null,
    oomKilled: info?.State.OOMKilled ?? false,
    ...(info && isolated(info) ? { isolated: true as const } : {}),
    cpus: before && now && before !== now ? cpusOf(before, now) : null,
  };
}

/** undefined: it has gone meanwhile. */
async function statsOf(site: Site, id: string): Promise<ContainerStats | undefined> {
  return onEngine(site, `measuring ${id}`, async () => {
    try {
      return await engineOf(site).getContainer(id).stats({ stream: false, 'one-shot': true });
    } catch (error) {
      if ([404, 409].includes(engineStatus(error) ?? 0)) return undefined;
      throw error;
    }
  });
}

/** As `docker stats` counts: the cache of files that nobody has touched lately is given back when it is needed. */
export function usedBy({ memory_stats: { usage, stats } }: Pick<ContainerStats, 'memory_stats'>): number | null {
  // A container that has just ended has none.
  if (!usage) return null;
  const { total_inactive_file: old, inactive_file: fresh = 0 } = (stats ?? {}) as unknown as Record<string, number>;
  return Math.max(0, usage - (old ?? fresh));
}

function cpusOf(before: ContainerStats, now: ContainerStats): number | null {
  const wall = Date.parse(now.read) - Date.parse(before.read);
  const busy = (now.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage) / 1e6;
  return wall > 0 && busy >= 0 ? Math.round((busy / wall) * 100) / 100 : null;
}
