import { freemem, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInfo, ContainerStats } from 'dockerode';
import type { Site } from '../../plan';
import type { ContainerUse, ResourceFacts } from '../../workflows/contracts/incident';
import { engineOf, onEngine } from '../shared/engine';
import { fileSystemRoom } from '../shared/file-system';
import { withHeartbeat } from '../shared/heartbeat';
import { listServices } from '../shared/project';

/** Time that one question to the engine is given, milliseconds: what takes longer is not known. */
const oneAnswerMs = 1_000;
/** Between the two readings of a processor's clock, milliseconds. */
const betweenMs = 250;

/**
 * Measures what a site has left: processor and memory of every container at once, memory and disk of the machine. What does not
 * answer in a second is left out.
 * @throws DR-ENGINE when the engine does not answer at all
 */
export async function inspectResources({ site }: { site: Site }): Promise<ResourceFacts> {
  return withHeartbeat(`measuring the resources of site ${site.name}`, async () => {
    const services = await listServices(site);
    const here = 'socketPath' in site.engine;
    const [containers, disk] = await Promise.all([
      Promise.all([...services].map(([service, info]) => useOf(site, service, info))),
      here ? diskOf(site) : undefined,
    ]);
    return {
      site: site.name,
      at: new Date().toISOString(),
      containers,
      ...(disk ? { disk } : {}),
      ...(here ? { memory: { freeBytes: freemem(), totalBytes: totalmem() } } : {}),
    };
  });
}

async function useOf(
  site: Site,
  service: string,
  { Id, State, NetworkSettings }: ContainerInfo,
): Promise<ContainerUse> {
  const running = State === 'running';
  const container = engineOf(site).getContainer(Id);
  const reading = (): Promise<ContainerStats | undefined> =>
    within(container.stats({ stream: false, 'one-shot': true }));
  const [info, stats] = await Promise.all([
    within(container.inspect()),
    running ? Promise.all([reading(), sleep(betweenMs).then(reading)]) : ([] as undefined[]),
  ]);
  const [first, second] = stats;
  const cpuPercent = first && second ? percent(first, second) : undefined;
  const limit = info?.HostConfig.Memory ?? 0;
  const last = second ?? first;
  const used = last && memoryOf(last);
  return {
    service,
    running,
    oomKilled: info?.State.OOMKilled ?? false,
    networks: Object.keys(NetworkSettings.Networks).sort(),
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(used === undefined ? {} : { memoryBytes: used }),
    ...(limit > 0 ? { memoryLimitBytes: limit } : {}),
  };
}

/** Of one processor, between two readings. */
function percent(first: ContainerStats, second: ContainerStats): number | undefined {
  const used = second.cpu_stats.cpu_usage.total_usage - first.cpu_stats.cpu_usage.total_usage;
  const elapsedMs = Date.parse(String(second.read)) - Date.parse(String(first.read));
  return elapsedMs > 0 ? Math.max(0, Math.round(used / 1e4 / elapsedMs)) : undefined;
}

/** Without what the kernel only keeps until somebody needs the room, as `docker stats` shows it. */
function memoryOf({ memory_stats: memory }: ContainerStats): number | undefined {
  if (memory.usage === undefined) return undefined;
  const { inactive_file: two = 0, total_inactive_file: one = 0 } = memory.stats as unknown as Record<string, number>;
  return Math.max(0, memory.usage - (two || one));
}

async function diskOf(site: Site): Promise<ResourceFacts['disk']> {
  const info = await within(
    onEngine(
      site,
      'asking the engine where it keeps its data',
      (engine) => engine.info() as Promise<{ DockerRootDir: string }>,
    ),
  );
  const path = info?.DockerRootDir;
  const found = path === undefined ? undefined : await within(fileSystemRoom(path));
  return found && path !== undefined ? { path, ...found } : undefined;
}

/** The answer, if it comes in time. */
async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      answer.catch(() => undefined),
      sleep(oneAnswerMs, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
  } finally {
    late.abort();
  }
}
