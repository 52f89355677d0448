import { setTimeout as sleep } from 'node:timers/promises';

export interface Until {
  /** Milliseconds after which `onTimeout` decides. */
  deadlineMs: number;
  /** Pause between two looks, milliseconds (default 100). */
  everyMs?: number;
  signal?: AbortSignal;
  /** The failure to throw when the deadline has passed. */
  onTimeout: () => Error | Promise<Error>;
}

/** Looks at a fact until it is there (anything but undefined) or the deadline passes. The first look is at once. */
export async function until<T>(look: () => Promise<T | undefined>, options: Until): Promise<T> {
  const end = Date.now() + options.deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= end) throw await options.onTimeout();
    await sleep(options.everyMs ?? 100, undefined, options.signal ? { signal: options.signal } : {});
  }
}
