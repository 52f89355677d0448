/** Activities that make, damage and remove the copy of the platform that drills work on. They touch nothing that serves. */
export { copyLeft } from './copy-left';
export { countRows, type CountRows } from './count-rows';
export { disconnectService, type DisconnectService } from './disconnect-service';
export { dropTable, type DropTable } from './drop-table';
export { killEverything, type KillEverything } from './kill-everything';
export { killService, type KillService } from './kill-service';
export { loseFile, type LoseFile } from './lose-file';
export { liftFault } from './lift-fault';
export { plantFault, type PlantFault } from './plant-fault';
export { proveIsolation, type ProveIsolation } from './prove-isolation';
export { removeDrillCopy } from './remove-drill-copy';
export { standDrillCopy } from './stand-drill-copy';
