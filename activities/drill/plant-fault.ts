import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { Planted, PlantedFault } from '../../workflows/contracts/drill';
import { demandApproval } from '../shared/approval';
import { withHeartbeat } from '../shared/heartbeat';
import { faults } from './faults';
import type { FaultAt } from './faults/fault';
import { demandCopy } from './ours';

export interface PlantFault extends FaultAt {
  fault: PlantedFault;
  approval: ApprovalReference;
}

/**
 * Plants a fault in the copy, for a check that has to find it. Safe to run again: it is planted once.
 * @throws DR-APPROVAL-MISSING, DR-DRILL when it is not the copy's, or the copy is not made so that it could have this fault
 */
export async function plantFault(args: PlantFault): Promise<Planted> {
  demandApproval(args.approval);
  demandCopy(args);
  return withHeartbeat(`planting ${args.fault}`, (_beat, signal) => faults[args.fault].plant(args, signal));
}
