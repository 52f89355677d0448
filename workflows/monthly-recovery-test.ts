/**
 * The plan's monthly test, on a copy of the platform that touches nothing that serves: a backup is restored, a service is
 * lost and comes back, a table is dropped and comes back. Nobody is asked; what was proven, and what was not, is in the report.
 */
import type { Plan } from '../plan';
import { monthlyRecoveryTestInputSchema, type MonthlyRecoveryTestInput } from './contracts/drill';
import { testLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { systemResource } from './contracts/system';
import { allowDamage } from './drill/allow-damage';
import { drillOf } from './drill/context';
import { proveIsolated } from './drill/isolation';
import { loseService } from './drill/lose-service';
import { loseTable } from './drill/lose-table';
import { restoreBackups } from './drill/restore-backups';
import { standCopy } from './drill/stand-copy';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { judgeCriteria, plain, verdictOf } from './steps/judge-criteria';

/**
 * The procedure `monthlyRecoveryTest`. @param input one JSON object: see `monthlyRecoveryTestInputSchema`
 * @returns the report, with each criterion; fails with DR-TEST-FAILED where one is not met, with DR-DRILL-ISOLATION where the
 *   copy could touch what serves
 */
export async function monthlyRecoveryTest(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'monthlyRecoveryTest',
      schema: monthlyRecoveryTestInputSchema,
      describe: ({ reason, by, planHash }) => ({
        resource: systemResource,
        lock: testLock(systemResource),
        mode: 'test',
        summary: `monthly recovery test: ${reason} (${by})`,
        ...(planHash ? { planHash } : {}),
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: MonthlyRecoveryTestInput, plan: Plan): Promise<Finished> {
  const drill = await drillOf(run, input, plan);
  const criteria = await restoreBackups(run, drill);
  criteria.push(await standCopy(run, drill));
  const isolation = await proveIsolated(run, drill);
  criteria.push(isolation.criterion);
  const approval = await allowDamage(run, drill, isolation.facts);
  criteria.push(...(await loseService(run, drill, approval)));
  criteria.push(...(await loseTable(run, drill, approval)));

  run.phase('Remove');
  await run.change('Remove the copy', () => drill.on.change.removeDrillCopy(drill.copy));
  const failed = judgeCriteria(run, criteria);
  if (failed !== undefined) return run.giveUp('DR-TEST-FAILED', `the monthly recovery test has failed: ${failed}`);
  return { verdict: verdictOf(criteria), result: { criteria: criteria.map(plain) } };
}
