import type { StoreAt, StoreFacts } from '../../workflows/contracts/store';
import { composeVariable } from '../shared/compose';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { inspectVolume } from '../shared/ownership';
import { countKeys, redisInfo } from './cli';

/** Looks at a store: its container, and what it says of itself. One that does not answer is an answer. */
export async function inspectStore(at: StoreAt): Promise<StoreFacts> {
  const { site, store } = at;
  return withHeartbeat(`looking at ${store.name}`, async (_beat, signal) => {
    const info = await findService(site, store.service);
    const mounted = info?.Mounts.find((one) => one.Destination === store.dataDirectory)?.Name;
    const volume = mounted ?? (await composeVariable(site, store.volumeVariable));
    const volumeThere = volume !== undefined && (await inspectVolume(site, volume)) !== undefined;
    const known = { running: info?.State.Running ?? false, volumeThere, ...(volume ? { volume } : {}) };
    const silent = (problem: string): StoreFacts => ({ ...known, answered: false, problem, keys: 0, expiring: 0 });
    if (!info) return silent('it has no container');
    if (!info.State.Running) return silent(`its container does not run (exit code ${info.State.ExitCode})`);
    try {
      const [count, server, { loading }] = await Promise.all([
        countKeys(at, info.Id, { signal }),
        redisInfo(at, info.Id, 'server', { signal }),
        redisInfo(at, info.Id, 'persistence', { signal }),
      ]);
      // What it counts by then is what it has read so far.
      if (loading !== '0') return silent('it is still reading its files');
      return { ...known, containerId: info.Id, answered: true, version: server['redis_version'] ?? '', ...count };
    } catch (error) {
      signal.throwIfAborted();
      return silent((error as Error).message);
    }
  });
}
