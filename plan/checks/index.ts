import type { FaultReport } from '../report';
import { checkCycles } from './cycles';
import { checkIdentity } from './identity';
import { checkNames } from './names';
import { checkPhases } from './phases';
import { checkPorts } from './ports';
import { checkReferences } from './references';
import { checkSecrets } from './secrets';
import { checkStandbys } from './standbys';
import { checkTiers } from './tiers';
import { checkTransactions } from './transactions';

/**
 * What only the whole plan can show. The checks read the raw data and pass over whatever has the wrong shape (the schema
 * reports that), so that one misspelt field does not hide a cycle.
 */
export function runChecks(data: unknown, faults: FaultReport, warnings: FaultReport): void {
  checkNames(data, faults);
  checkReferences(data, faults);
  checkCycles(data, faults);
  checkPorts(data, faults);
  checkPhases(data, faults);
  checkSecrets(data, faults);
  checkIdentity(data, faults);
  checkStandbys(data, faults);
  checkTiers(data, faults, warnings);
  checkTransactions(data, faults);
}
