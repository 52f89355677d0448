/**
 * The plan's monthly test, on a copy of the platform that touches nothing that serves: a backup is restored, faults are
 * planted and found, a service is lost and comes back, a table is dropped and comes back. Nobody is asked; what was proven, and what was not, is in the report.
 */
import type { Plan } from '../plan';
import { recoveryTestInputSchema, type RecoveryTestInput } from './contracts/drill';
import { testLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { systemResource } from './contracts/system';
import { detectionOf, drillOf } from './drill/context';
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
 * The procedure `monthlyRecoveryTest`. @param input one JSON object: see `recoveryTestInputSchema`
 * @returns the report, with each criterion; fails with DR-TEST-FAILED where one is not met, with DR-DRILL-ISOLATION where the
 *   copy could touch what serves
 */
export async function monthlyRecoveryTest(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'monthlyRecoveryTest',
      schema: recoveryTestInputSchema,
      describe: ({ reason, by }) => ({
        resource: systemResource,
        lock: testLock(systemResource),
        mode: 'test',
        summary: `monthly recovery test: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: RecoveryTestInput, plan: Plan): Promise<Finished> {
  await demandMayBegin(run, input, plan);
  const drill = await drillOf(run, input, plan);
  const criteria = await whileWell(run, drill, async () => [
    ...(await restoreBackups(run, drill)),
    ...(await onCopy(run, drill, [plantFaults, loseService, loseTable])),
  ]);
  return concludeTest(run, 'monthly recovery test', criteria, detectionOf(drill));
}
