import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';

/**
 * First thing of a second try: Compose outlives the worker that called it, and another one beside it would be in its way.
 * Waits until what the first was called for is there, or for the time it may take.
 * @param mostMs grace period of the old container, and some time to make the new one
 */
export async function afterOrphan(
  done: () => Promise<string | undefined>,
  mostMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (activityInfo().attempt < 2) return;
  const end = Date.now() + mostMs;
  while (Date.now() < end && (await done()) === undefined) await sleep(200, undefined, { signal });
}
