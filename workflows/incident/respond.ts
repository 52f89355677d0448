/** Phase "Respond": what answers the scenario is started, each with its own id, gates and report, and waited for. */
import type { Incident } from './state';
import { controlQueue, recoveryLock, serviceResource } from '../contracts/names';
import { noScenario } from '../contracts/incident';
import { describeEnd, type ChildEnd } from '../kernel/child';
import { lossOf, whyNot } from '../system/child';
import type { Choice } from './decide';
import { describeResponse, type Start } from './responses';

/** How long another run that has the lock is waited for, milliseconds: a guard may be at work on the same thing. */
const lockPatienceMs = 60_000;

/** `recovered`: what was started went through, and everything works. `by-hand`: people are at work. */
export type Outcome =
  { state: 'recovered'; lossMs: number | null } | { state: 'by-hand' } | { state: 'failed'; why: string };

/** Starts what answers the scenario, and looks whether it helped. */
export async function respond(incident: Incident, { scenario, by }: Choice): Promise<Outcome> {
  const { run, plan, input, telling } = incident;
  incident.scenario = scenario;
  const title = plan.scenarios.find((one) => one.name === scenario)?.title ?? 'none of the plan';
  run.phase(`Respond: ${title}`);
  const response = incident.answerTo(scenario);
  if (scenario === noScenario || 'byPeople' in response) {
    const says = scenario === noScenario ? 'no scenario of the plan: people deal with it' : describeResponse(response);
    run.note(`${title}, as ${by} says; ${says}`);
    incident.enter('by-hand');
    telling?.identified(title, says);
    return { state: 'by-hand' };
  }
  const facts = incident.facts;
  const isolated = incident.isolated.map(serviceResource);
  const waves = facts
    ? response
        .waves({ plan, facts, incident: incident.name, suspects: input.suspects })
        // What stands isolated is not recovered, and not isolated twice.
        .map((wave) => wave.filter(({ resource }) => !isolated.includes(resource)))
        .filter((wave) => wave.length > 0)
    : [];
  if (waves.length === 0)
    return {
      state: 'failed',
      why: `${title}: nothing was found that could be started for it (${nothingFor(scenario)})`,
    };
  incident.enter('responding');
  telling?.identified(
    title,
    waves
      .flat()
      .map((one) => `${one.procedure} ${one.resource}`)
      .join(', '),
  );
  const losses: (number | null)[] = [];
  for (const wave of waves) {
    const ended = await Promise.all(wave.map((start) => runOne(incident, title, start)));
    const failed = ended.flatMap(({ why }) => why ?? []);
    losses.push(...ended.map(({ lossMs }) => lossMs));
    if (failed.length > 0) return { state: 'failed', why: failed.join('; ') };
  }
  const lossMs = losses.some((one) => one === null) ? null : Math.max(0, ...losses.map((one) => one ?? 0));
  return whetherItHelped(incident, lossMs);
}

/** Looks again. A service that stands isolated does not work, and is not meant to: the rest is for people then. */
export async function whetherItHelped(incident: Incident, lossMs: number | null): Promise<Outcome> {
  let stood: number;
  do {
    stood = incident.isolated.length;
    await incident.look('Look whether it helped');
    // Lifted while it was looked at: what was seen is of before.
  } while (incident.isolated.length < stood);
  if (stood > 0) {
    incident.enter('by-hand');
    return { state: 'by-hand' };
  }
  if (!incident.isWell) return { state: 'failed', why: `what was started has ended, and ${incident.impact}` };
  return { state: 'recovered', lossMs };
}

const nothingFor = (scenario: string): string =>
  scenario === 'security-breach'
    ? 'name the services that are not trusted: open the incident with --suspect, or `./dr isolate SERVICE`'
    : 'the facts show nothing of it now';

async function runOne(
  incident: Incident,
  title: string,
  { procedure, resource, input: own }: Start,
): Promise<{ why?: string; lossMs: number | null }> {
  const { run, input } = incident;
  const workflowId = recoveryLock(resource);
  const view = { workflowId, procedure } as Incident['runs'][number];
  incident.runs.push(view);
  incident.show();
  const { reason, by, planHash, approvalTimeoutMs } = input;
  const child = {
    procedure,
    workflowId,
    taskQueue: controlQueue,
    input: {
      reason: `incident ${incident.name}, ${title}: ${reason}`.slice(0, 2000),
      by,
      ...(planHash === undefined ? {} : { planHash }),
      ...(approvalTimeoutMs === undefined ? {} : { approvalTimeoutMs }),
      ...own,
    },
  };
  const ended = (how: ChildEnd): void => {
    view.ended = describeEnd(how);
    incident.show();
  };
  const work = `${procedure} of ${resource}`;
  // It ends when it is lifted, which may be days later.
  const end =
    procedure === 'isolateService'
      ? await run.childStanding(work, child, { lockPatienceMs, stands: () => view.stands !== undefined, ended })
      : await run.childResult(work, child, { lockPatienceMs });
  if (!end) return { lossMs: 0 };
  ended(end);
  const why = whyNot(end);
  if (procedure === 'siteFailover' && why === undefined) incident.movedTo(own['site'] as string);
  // What was not needed has lost nothing.
  const lossMs = 'report' in end && end.report.view.verdict === 'none' ? 0 : lossOf(end);
  return { ...(why === undefined ? {} : { why: `${workflowId}: ${why}` }), lossMs };
}
