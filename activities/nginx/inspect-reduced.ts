import type { ReducedAt, ReducedNow } from '../../workflows/contracts/reduced';
import { withHeartbeat } from '../shared/heartbeat';
import { modesOn } from './reduced-marks';

/**
 * Looks which modes of reduced functionality are on, and asks the Temporal server whether the runs that switched them on are
 * still under way.
 * @throws DR-REDUCED when a file cannot be read
 */
export async function inspectReduced({ reduced, own }: ReducedAt): Promise<ReducedNow[]> {
  return withHeartbeat('looking for modes of reduced functionality', () => modesOn(reduced, own));
}
