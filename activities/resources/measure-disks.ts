import type { Freeable, Resources, Site } from '../../plan';
import type { DiskUse, FreeableNow } from '../../workflows/contracts/resources';
import { drFailure } from '../../workflows/contracts/errors';
import { findService } from '../shared/containers';
import { engineOf, onEngine } from '../shared/engine';
import { execIn } from '../shared/exec';
import { dfArguments, fileSystemRoom, readDf } from '../shared/file-system';
import { withHeartbeat } from '../shared/heartbeat';
import { findArguments, inside } from './freeable';

export interface MeasureDisks {
  site: Site;
  resources: Resources;
  /** Services of the site. */
  services: string[];
}

const shown = 5;

/**
 * Measures the file systems that the plan names, as their containers see them, and the engine's own. Where one is exhausted it
 * says what is largest there, and what the plan allows to remove.
 * @returns a container that does not run cannot be asked: `unknown` says so
 * @throws DR-ENGINE
 */
export async function measureDisks(args: MeasureDisks): Promise<{ disks: DiskUse[]; unknown: string[] }> {
  const { site, resources, services } = args;
  return withHeartbeat('measuring disks', async (_beat, signal) => {
    const unknown: string[] = [];
    const places = resources.disks.filter(({ service }) => services.includes(service));
    const found = await Promise.all([
      engineDisk(site),
      ...places.map((place) =>
        containerDisk(site, place, resources, signal).catch((error: Error) => {
          signal.throwIfAborted();
          unknown.push(`${place.service}:${place.path}: ${error.message}`);
          return undefined;
        }),
      ),
    ]);
    return { disks: found.flatMap((one) => one ?? []), unknown };
  });
}

/** Where the engine keeps images, containers and volumes; only where this worker is on its machine. */
async function engineDisk(site: Site): Promise<DiskUse | undefined> {
  if (!('socketPath' in site.engine)) return undefined;
  const { DockerRootDir: path } = (await onEngine(site, 'asking the engine for its data root', () =>
    engineOf(site).info(),
  )) as { DockerRootDir: string };
  const room = await fileSystemRoom(path).catch(() => undefined);
  return room && { path, ...room, largest: [], freeable: [] };
}

async function containerDisk(
  site: Site,
  { service, path }: Resources['disks'][number],
  { free, thresholds }: Resources,
  signal: AbortSignal,
): Promise<DiskUse> {
  const info = await findService(site, service);
  if (!info?.State.Running) throw new Error('its container does not run');
  const run = async (command: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await execIn(site, info.Id, command, { signal, timeoutMs: 60_000 });
    if (exitCode !== 0) throw drFailure('DR-TOOL', `${command[0] ?? ''}: ${stderr.trim().slice(0, 200)}`);
    return stdout;
  };
  const df = await run(dfArguments(path));
  const room = readDf(df);
  if (!room) throw new Error(`df printed ${df.slice(0, 100)}`);
  const disk = { service, path, ...room };
  if ((1 - room.freeBytes / room.totalBytes) * 100 < thresholds.disk) return { ...disk, largest: [], freeable: [] };
  const entries = free.filter((one) => one.service === service && inside(one.directory, path));
  const [largest, freeable] = await Promise.all([
    // What may not be read is passed over.
    run(['sh', '-c', 'du -x -a -d 1 -B1 -- "$1" 2>/dev/null || true', 'sh', path]).then((text) =>
      largestOf(text, path),
    ),
    Promise.all(entries.map((entry) => candidates(entry, run))),
  ]);
  return { ...disk, largest, freeable };
}

const largestOf = (du: string, path: string): DiskUse['largest'] =>
  du
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [bytes, name = ''] = line.split('\t');
      return name === path || name === '' ? [] : [{ path: name.slice(0, 200), bytes: Number(bytes) }];
    })
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, shown);

async function candidates(entry: Freeable, run: (command: string[]) => Promise<string>): Promise<FreeableNow> {
  const olderThan = Date.now() - entry.olderThan;
  const sizes = (await run(['find', ...findArguments(entry, olderThan), '-printf', '%b\\n']))
    .split('\n')
    .filter(Boolean);
  // In blocks of 512 bytes: what is given back, and not what a sparse file claims to be.
  const bytes = sizes.reduce((sum, one) => sum + Number(one) * 512, 0);
  return { name: entry.name, files: sizes.length, bytes, olderThan };
}
