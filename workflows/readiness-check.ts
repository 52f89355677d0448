/**
 * Is everything there that a recovery will need? Looked at all at once, while nothing is on fire: each thing is judged by itself,
 * what is not known is not ready, and what the plan claims is held against the runs that proved it.
 */
import { patched } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { readingLock, readinessResource } from './contracts/names';
import { readinessInputSchema, type ReadinessInput, type ReadinessItem } from './contracts/readiness';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { judgeReadiness } from './readiness/judge';
import { lookForReadiness } from './readiness/look';
import { servedElsewhere } from './site/elsewhere';
import { planAt } from './site/view';

/**
 * The procedure `readinessCheck`. @param input one JSON object: see `readinessInputSchema`
 * @returns the report, with every item and every proof as its result, also where it is not ready: then it has the problem
 *   DR-NOT-READY
 */
export async function readinessCheck(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'readinessCheck',
      schema: readinessInputSchema,
      describe: ({ reason, by }) => ({
        resource: readinessResource(),
        lock: readingLock('check', readinessResource()),
        mode: 'check',
        summary: `readiness check: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, _input: ReadinessInput, plan: Plan): Promise<Finished> {
  run.phase('Look');
  const [elsewhere] = patched('served-elsewhere') ? await servedElsewhere(run, plan) : [];
  const front = plan.sites.find((one) => one.name === elsewhere?.site);
  // What a recovery needs is needed where clients are served now.
  const served = front ? planAt(plan, front) : plan;
  const facts = await run.probe(
    'Look at everything at once',
    () => lookForReadiness(plan, served),
    ({ sites, databases }) => `${sites.length} sites, ${databases.length} databases`,
  );
  run.phase('Judge');
  const result = judgeReadiness(served, facts, elsewhere?.because);
  const { items } = result;
  const failed = items.filter(({ state }) => state === 'failed');
  run.facts('Readiness', [{ label: 'Sum', value: sumOf(items) }]);
  for (const area of [...new Set(items.map((one) => one.area))])
    run.facts(
      area,
      items
        .filter((one) => one.area === area)
        .map(({ name, state, says }) => ({ label: name, value: `${words[state]}${says}` })),
    );
  if (failed.length > 0)
    run.problem({
      code: 'DR-NOT-READY',
      message: failed.map(({ name, says }) => `${name}: ${says}`).join('; '),
      next: failed.flatMap(({ next }) => next ?? []).join(' '),
    });
  return { verdict: 'none', result: { ...result } };
}

const words: Record<ReadinessItem['state'], string> = { ok: '', warning: 'warning: ', failed: 'NOT READY: ' };

const sumOf = (items: ReadinessItem[]): string => {
  const of = (state: ReadinessItem['state']): number => items.filter((one) => one.state === state).length;
  return `of ${items.length} things ${of('failed')} not ready, ${of('warning')} warnings`;
};
