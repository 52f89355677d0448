/**
 * One scenario on a copy of the platform: what it breaks is broken there, and the procedure that answers it in an emergency has to
 * mend it. Nothing that serves is touched, and nobody is asked.
 */
import type { Plan } from '../plan';
import { scenarioTestInputSchema, scenarioTitle, type ScenarioTestInput } from './contracts/drill';
import { testLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { systemResource } from './contracts/system';
import { drillOf } from './drill/context';
import { demandMayBegin } from './drill/may-begin';
import { onCopy } from './drill/on-copy';
import { rehearsalOf, scenariosOf } from './drill/scenarios';
import { whileWell } from './drill/while-well';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { concludeTest } from './steps/judge-criteria';

/**
 * The procedure `scenarioTest`. @param input one JSON object: see `scenarioTestInputSchema`
 * @returns the report, with each criterion; fails with DR-TEST-FAILED where one is not met, with DR-REFUSED where a copy cannot
 *   show the scenario
 */
export async function scenarioTest(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'scenarioTest',
      schema: scenarioTestInputSchema,
      describe: ({ scenario, reason, by }) => ({
        resource: systemResource,
        lock: testLock(systemResource),
        mode: 'test',
        summary: `${scenarioTitle(scenario)}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: ScenarioTestInput, plan: Plan): Promise<Finished> {
  const { scenario } = input;
  const rehearsal = rehearsalOf(plan, scenario);
  if (!rehearsal)
    return run.refuse([
      {
        code: 'DR-INPUT',
        message: `scenario of the input is "${scenario}", which the plan does not have; there are ${scenariosOf(plan).join(', ')}`,
        next: 'Choose one of them.',
      },
    ]);
  if ('not' in rehearsal)
    return run.refuse([
      {
        code: 'DR-REFUSED',
        message: `scenario ${scenario} cannot be rehearsed on a copy of the platform: ${rehearsal.not}`,
        next: 'Rehearse it with people, at the table or on a platform of its own.',
      },
    ]);
  await demandMayBegin(run, input, plan);
  const drill = await drillOf(run, input, plan);
  const criteria = await whileWell(run, drill, () => onCopy(run, drill, rehearsal.losses));
  return concludeTest(run, scenarioTitle(scenario), criteria, { scenario });
}
