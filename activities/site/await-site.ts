import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../../plan';
import { engineOf } from '../shared/engine';
import { withHeartbeat } from '../shared/heartbeat';

const betweenLooksMs = 1_000;
const patienceMs = 2_000;

/** Waits, however long, until the engine of a site answers. A worker that lives at the site begins when it is back itself. */
export async function awaitSite({ site }: { site: Site }): Promise<{ at: string }> {
  return withHeartbeat(`waiting for site ${site.name}`, async (_beat, signal) => {
    for (;;) {
      signal.throwIfAborted();
      const answers = await engineOf(site, patienceMs)
        .ping()
        .then(
          () => true,
          () => false,
        );
      if (answers) return { at: new Date().toISOString() };
      await sleep(betweenLooksMs, undefined, { signal });
    }
  });
}
