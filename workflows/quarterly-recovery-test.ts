/**
 * The plan's quarterly test: everything the monthly one does, and then the whole copy of the platform is lost and recovered,
 * while the people of the plan are told that it is a test and somebody of them acknowledges.
 */
import type { Plan } from '../plan';
import { recoveryTestInputSchema, type RecoveryTestInput } from './contracts/drill';
import { testLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { systemResource } from './contracts/system';
import { communicate } from './drill/communicate';
import { detectionOf, drillOf } from './drill/context';
import { loseEverything } from './drill/lose-everything';
import { loseService } from './drill/lose-service';
import { loseTable } from './drill/lose-table';
import { demandMayBegin } from './drill/may-begin';
import { onCopy } from './drill/on-copy';
import { plantFaults } from './drill/plant-faults';
import { restoreBackups } from './drill/restore-backups';
import { whileWell } from './drill/while-well';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { concludeTest } from './steps/judge-criteria';

/**
 * The procedure `quarterlyRecoveryTest`. @param input one JSON object: see `recoveryTestInputSchema`
 * @returns the report, with each criterion; fails with DR-TEST-FAILED where one is not met, with DR-DRILL-ISOLATION where the
 *   copy could touch what serves
 */
export async function quarterlyRecoveryTest(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'quarterlyRecoveryTest',
      schema: recoveryTestInputSchema,
      describe: ({ reason, by }) => ({
        resource: systemResource,
        lock: testLock(systemResource),
        mode: 'test',
        summary: `quarterly recovery test: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: RecoveryTestInput, plan: Plan): Promise<Finished> {
  await demandMayBegin(run, input, plan);
  const drill = await drillOf(run, input, plan);
  const [ofPeople, ofRecovery] = await Promise.all([
    communicate(run, drill),
    whileWell(run, drill, async () => [
      ...(await restoreBackups(run, drill)),
      ...(await onCopy(run, drill, [plantFaults, loseService, loseTable, loseEverything])),
    ]),
  ]);
  return concludeTest(run, 'quarterly recovery test', [...ofRecovery, ...ofPeople], detectionOf(drill));
}
