import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { faults } from './faults';
import { demandCopy } from './ours';
import type { PlantFault } from './plant-fault';

/**
 * Takes a planted fault back. Safe to run again; one that was never planted is fine.
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, or cannot be taken back
 */
export async function liftFault(args: PlantFault): Promise<void> {
  demandApproval(args.approval);
  demandCopy(args);
  return withHeartbeat(`taking ${args.fault} back`, (_beat, signal) => faults[args.fault].lift(args, signal));
}
