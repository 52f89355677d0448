/** The record of a test, as auditors expect one: filled in from the run as far as the run knows, the rest is for a person. */
import { z } from 'zod';
import type { Plan } from '../../plan';
import { isTest } from '../../workflows/contracts/kinds';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import { duration, headline, procedureTitle, resourceTitle } from '../../workflows/contracts/words';
import { nextTime } from './next-time';

const problem = z.object({ text: z.string(), owner: z.string().nullable() });

/** `record.json`, and part of every attestation. */
export const recordSchema = z.object({
  scope: z.string(),
  type: z.string(),
  /** Persons and roles, and what answered in their place. */
  participants: z.array(z.string()),
  criteria: z.array(z.object({ name: z.string(), met: z.boolean(), says: z.string() })),
  /** What did not go as the procedure has it. */
  deviations: z.array(z.string()),
  results: z.array(z.object({ name: z.string(), value: z.string() })),
  problems: z.array(problem),
  /** When it is due next, UTC; null: nobody has said so. */
  nextDate: z.string().nullable(),
});
export type TestRecord = z.infer<typeof recordSchema>;

/** @param startedBy who started it, as the input has it @param plan that the run pinned */
export function recordOf({ view }: Report, startedBy: string | undefined, plan: Plan | undefined): TestRecord {
  const test = isTest(view.procedure);
  const kind = test ? 'test' : view.workflowId.startsWith('drill.') ? 'drill on a copy' : 'real run';
  return {
    scope: `${resourceTitle(view.resource)}: ${view.summary}`,
    type: `${procedureTitle(view.procedure)} (${kind})`,
    participants: participantsOf(view, startedBy),
    criteria: criteriaOf(view),
    deviations: deviationsOf(view),
    results: resultsOf(view),
    problems: view.problems.map(({ code, message }) => ({ text: `${code}: ${message}`, owner: null })),
    nextDate: nextDateOf(view, plan),
  };
}

function participantsOf(view: RunView, startedBy: string | undefined): string[] {
  const answers = view.gates.flatMap(({ name, answer }) =>
    answer ? [`${answer.via === 'policy' ? `policy: ${answer.by}` : answer.by}, answered gate ${name}`] : [],
  );
  return [...new Set([...(startedBy ? [`${startedBy}, started it`] : []), ...answers])];
}

/** The kernel puts them into the facts as `pass: …` and `FAIL: …`, also where the test has failed. */
function criteriaOf(view: RunView): TestRecord['criteria'] {
  const facts = view.facts.find(({ title }) => title === 'Criteria')?.facts ?? [];
  return facts.map(({ label, value }) => {
    const [, word, says] = /^(pass|FAIL): (.*)$/s.exec(value) ?? [];
    return { name: label, met: word === 'pass', says: says ?? value };
  });
}

function deviationsOf(view: RunView): string[] {
  const { objectives } = view;
  return [
    ...view.steps.filter(({ state }) => state === 'skipped').map(({ title }) => `${title}: skipped by a person`),
    ...view.steps
      .filter(({ attempts }) => attempts > 1)
      .map(({ title, attempts }) => `${title}: tried ${attempts} times`),
    ...view.gates.filter(({ state }) => state === 'void').map(({ name, voided }) => `gate ${name} was void: ${voided}`),
    ...(objectives?.rtoMet === false ? [`RTO missed: ${timesOf(objectives.achievedRto, objectives.rto)}`] : []),
    ...(objectives?.rpoMet === false ? [`RPO missed: ${timesOf(objectives.achievedRpo, objectives.rpo)}`] : []),
  ];
}

const timesOf = (achieved: number | undefined, allowed: number): string =>
  `${achieved === undefined ? 'not known' : duration(achieved)}, allowed ${duration(allowed)}`;

function resultsOf(view: RunView): TestRecord['results'] {
  const { objectives } = view;
  return [
    { name: 'Outcome', value: headline(view).sentence },
    { name: 'Verdict', value: view.verdict },
    ...(view.endedAt ? [{ name: 'Took', value: duration(Date.parse(view.endedAt) - Date.parse(view.startedAt)) }] : []),
    ...(objectives
      ? [
          { name: 'RTO', value: timesOf(objectives.achievedRto, objectives.rto) },
          { name: 'RPO', value: timesOf(objectives.achievedRpo, objectives.rpo) },
        ]
      : []),
  ];
}

/** When a schedule of the plan starts the same procedure next, seen from the end of the run. */
function nextDateOf(view: RunView, plan: Plan | undefined): string | null {
  const end = Date.parse(view.endedAt ?? view.startedAt);
  const times = (plan?.schedules ?? [])
    .filter(({ procedure, enabled }) => procedure === view.procedure && enabled)
    .flatMap(({ cron }) => nextTime(cron, end)?.toISOString() ?? []);
  return times.sort()[0] ?? null;
}
