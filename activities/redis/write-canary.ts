import type { StoreAt } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { until } from '../shared/until';
import { countKeys, redisCli } from './cli';

/** Key of the proof; it expires by itself. */
const canary = 'dr:canary';
const canarySeconds = '60';

/**
 * The proof that a store serves: a key is written and read back, tried again until the deadline.
 * @returns how many keys it holds, what it may lose when it is killed (`unwrittenMs`), and after how long it served
 * @throws DR-STORE with the last obstacle
 */
export async function writeCanary(
  at: StoreAt & { deadlineMs: number },
): Promise<{ keys: number; expiring: number; unwrittenMs: number | null; afterMs: number }> {
  const { site, store, deadlineMs } = at;
  const began = Date.now();
  return withHeartbeat(`writing to ${store.name}`, async (_beat, signal) => {
    let last = 'nothing was tried';
    return until(
      async () => {
        try {
          const info = await findService(site, store.service);
          if (!info?.State.Running) throw new Error('its container does not run');
          const value = String(began);
          await redisCli(at, info.Id, ['SET', canary, value, 'EX', canarySeconds], { signal });
          const back = await redisCli(at, info.Id, ['GET', canary], { signal });
          if (back !== value) throw new Error(`the key that was written reads ${JSON.stringify(back)}`);
          // The key itself expires, so it is none of those that must be there.
          const asked = await Promise.all([countKeys(at, info.Id, { signal }), unwritten(at, info.Id, signal)]);
          return { ...asked[0], unwrittenMs: asked[1], afterMs: Date.now() - began };
        } catch (error) {
          signal.throwIfAborted();
          last = (error as Error).message;
          return undefined;
        }
      },
      {
        deadlineMs,
        everyMs: 50,
        signal,
        onTimeout: () =>
          drFailure('DR-STORE', `${store.name} took no write within ${deadlineMs} ms; last: ${last}`, { retry: true }),
      },
    );
  });
}

/**
 * The stretch of writes that a kill takes away, milliseconds, as the store is configured: none with `appendfsync always`, a second with
 * `everysec` (Redis manual, "Redis persistence"); null: not known, with snapshots alone it may be minutes.
 */
async function unwritten(at: StoreAt, id: string, signal: AbortSignal): Promise<number | null> {
  const lines = (await redisCli(at, id, ['CONFIG', 'GET', 'append*'], { signal })).split('\n').map((one) => one.trim());
  const of = (name: string): string | undefined => lines[lines.indexOf(name) + 1];
  if (!lines.includes('appendonly') || of('appendonly') !== 'yes') return null;
  return of('appendfsync') === 'always' ? 0 : of('appendfsync') === 'everysec' ? 1_000 : null;
}
