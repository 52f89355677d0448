import type { PrimarySample } from '../../workflows/contracts/cluster';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { newestSample } from './samples';

/**
 * What the primary was at when an observer last saw it alive: from it, and from what a standby holds, the loss of a failover
 * is estimated. undefined when nobody watched it.
 */
export async function lastSample(at: DatabaseAt): Promise<PrimarySample | undefined> {
  return newestSample(at);
}
