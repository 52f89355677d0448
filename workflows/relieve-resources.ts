/**
 * Something is exhausted: memory, a disk, connections. Everything is measured at once, the hog is named with its numbers, and what
 * the plan allows against it is done, gentlest first, until a new measurement says that it is relieved.
 */
import type { Plan } from '../plan';
import { drFailure } from './contracts/errors';
import { recoveryLock } from './contracts/names';
import {
  relieveResourcesInputSchema,
  resourcesResource,
  type Hog,
  type RelieveResourcesInput,
  type ResourceFacts,
} from './contracts/resources';
import type { Report } from './contracts/run-view';
import { bytes, count } from './contracts/words';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { resourceContext, type ResourceContext } from './resources/context';
import { judge } from './resources/judge';
import { measure } from './resources/measure';
import { relieve, type Taken } from './resources/relieve';

/**
 * The procedure `relieveResources`. @param input one JSON object: see `relieveResourcesInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function relieveResources(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'relieveResources',
      schema: relieveResourcesInputSchema,
      describe: ({ reason, by }) => ({
        resource: resourcesResource,
        lock: recoveryLock(resourcesResource),
        mode: 'recover',
        summary: `relief of resources: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: RelieveResourcesInput, plan: Plan): Promise<Finished> {
  const context = resourceContext(run, input, plan);
  run.phase('Measure');
  const facts = await run.probe(
    'Measure memory, disks and connections',
    () => measure(run, context, { cpus: true }),
    describe,
  );
  const measuredAt = Date.now();
  const hogs = judge(facts, plan.resources);
  tell(run, facts, hogs);
  if (hogs.length === 0) {
    run.note('nothing is exhausted: nothing was done');
    return { verdict: 'none', result: { needed: false, unknown: facts.unknown } };
  }
  if (hogs.every(({ reliefs }) => reliefs.length === 0))
    run.refuse(
      hogs.map(({ says, untouched }) => ({
        code: 'DR-RESOURCES',
        message: `${says}; ${untouched ?? 'the plan allows nothing against it'}`,
        next:
          untouched === undefined
            ? 'Make room by hand, or allow a measure under `resources` of the plan.'
            : 'Lift its isolation when it is trusted again: `./dr lift SERVICE --reason "WHY"`.',
      })),
    );
  run.phase('Relieve');
  const taken: Taken[] = [];
  for (const hog of hogs) taken.push(...(await relieve(run, context, hog, measuredAt)));
  run.phase('Verify');
  await demandRelief(run, context, hogs);
  const relieved = hogs.filter(({ untouched }) => untouched === undefined);
  run.verified(`${relieved.map(({ what }) => what).join(', ')}: measured again, and relieved`, 0);
  run.pointOfNoReturn('what was exhausted is relieved');
  return { verdict: 'judge', result: { needed: true, hogs: hogs.map(({ what, says }) => ({ what, says })), taken } };
}

/**
 * Measures once more. What is still exhausted holds the run: a person may make room by hand. What somebody holds still keeps what
 * it has, and was reported.
 */
async function demandRelief(run: Run, context: ResourceContext, hogs: Hog[]): Promise<void> {
  await run.probe(
    'Measure whether everything is relieved',
    async () => {
      const facts = await measure(run, context);
      const left = judge(facts, context.plan.resources).filter(
        ({ what, untouched }) => untouched === undefined && hogs.some((one) => one.what === what),
      );
      if (left.length > 0) throw drFailure('DR-RESOURCES', left.map(({ says }) => says).join('; '));
      return facts;
    },
    describe,
  );
}

function describe({ containers, disks, connections, unknown }: ResourceFacts): string {
  const used = containers.reduce((sum, one) => sum + (one.memoryBytes ?? 0), 0);
  const parts = [
    `${count(containers.length)} containers take ${bytes(used)}`,
    ...disks.map(({ service, path, freeBytes }) => `${service ?? 'engine'}:${path} has ${bytes(freeBytes)} free`),
    ...connections.map(
      ({ database, used: has, most }) => `${database} has ${count(has)} of ${count(most)} connections`,
    ),
    ...unknown.map((one) => `NOT MEASURED: ${one}`),
  ];
  return parts.join('; ');
}

function tell(run: Run, { containers, unknown }: ResourceFacts, hogs: Hog[]): void {
  const busiest = [...containers].sort((a, b) => (b.cpus ?? 0) - (a.cpus ?? 0)).slice(0, 3);
  run.facts('What was measured', [
    ...hogs.map(({ what, says }) => ({ label: what, value: says })),
    ...(hogs.length === 0 ? [{ label: 'Exhausted', value: 'nothing' }] : []),
    { label: 'Busiest', value: busiest.map(({ service, cpus }) => `${service} ${cpus ?? 0} processors`).join(', ') },
    ...unknown.map((one) => ({ label: 'Not measured', value: one })),
  ]);
}
