/** An outside client that asks for pages until it gets them: the same for everybody who is measured. */
import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 50;
const patienceMs = 2_000;

/** @returns milliseconds from `began` until every page was got once, each at its own time */
export async function untilServed(urls: string[], began: number, signal: AbortSignal): Promise<number> {
  const times = await Promise.all(urls.map((url) => untilOk(url, signal).then(() => Date.now() - began)));
  return Math.max(...times);
}

async function untilOk(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const ok = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (ok) return;
    await sleep(everyMs);
  }
}
