import type { PlantedFault } from '../../../workflows/contracts/drill';
import { corruptBackup } from './corrupt-backup';
import { expiredCertificate } from './expired-certificate';
import type { Fault } from './fault';
import { staleBackup } from './stale-backup';
import { walGap } from './wal-gap';
import { wrongCollation } from './wrong-collation';

/** Every fault that a test can plant in the copy. */
export const faults: Record<PlantedFault, Fault> = {
  'wal-gap': walGap,
  'wrong-collation': wrongCollation,
  'stale-backup': staleBackup,
  'corrupt-backup': corruptBackup,
  'expired-certificate': expiredCertificate,
};
