/**
 * Something is wrong: everything is looked at at once, every scenario of the plan is judged by what was found, the procedure that
 * answers the chosen one is started, and people are told all the while. A failure of what was started ends no incident; a person
 * declares it over, and it is reviewed.
 */
import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { incidentResponseInputSchema, type IncidentResponseInput } from './contracts/incident';
import { incidentLock, incidentResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { decide, type Choice } from './incident/decide';
import { listenForWords, notInPlan } from './incident/messages';
import { respond, whetherItHelped } from './incident/respond';
import { review } from './incident/review';
import { Incident } from './incident/state';
import { keepTime } from './incident/timeline';
import { Ended } from './kernel/endings';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { servedElsewhere } from './site/elsewhere';

/**
 * The procedure `incidentResponse`. @param input one JSON object: see `incidentResponseInputSchema`
 * @returns the report, with the incident as its result; fails when a person rejected the card (no incident) or aborted it
 */
export async function incidentResponse(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'incidentResponse',
      schema: incidentResponseInputSchema,
      describe: ({ incident, reason, by }) => ({
        resource: incidentResource(incident),
        lock: incidentLock(incident),
        mode: 'incident',
        summary: `incident ${incident}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: IncidentResponseInput, plan: Plan): Promise<Finished> {
  const incident = open(run, input, plan);
  listenForWords(incident);
  run.phase('Detect and assess');
  const [elsewhere] = await servedElsewhere(run, plan);
  if (elsewhere) {
    incident.movedTo(elsewhere.site);
    run.note(`site ${elsewhere.site} serves, so that one is looked at: ${elsewhere.because}`);
  }
  await incident.look();
  const [worst] = incident.affected;
  const tier = worst && (plan.tiers.find((one) => one.name === worst.tier) ?? plan.tiers[0]);
  if (tier) run.judgeBy(tier);
  if (input.detectedAt !== undefined) run.disaster(input.detectedAt);
  incident.schedule(incident.openedAt, false);
  incident.telling?.opened();
  const timers = new CancellationScope();
  const keeping = timers.run(() => keepTime(incident));
  keeping.catch(() => undefined);
  try {
    await untilDeclared(incident);
    incident.noMoreUpdates();
    await review(incident);
    return { verdict: tier ? 'judge' : 'none', result: { ...incident.view() } };
  } catch (error) {
    if (error instanceof Ended && error.state === 'rejected') incident.telling?.withdrawn(error.message);
    throw error;
  } finally {
    timers.cancel();
    await keeping.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
    await incident.telling?.told();
  }
}

/** What the input names must be in the plan: everything that is not, at once. */
function open(run: Run, input: IncidentResponseInput, plan: Plan): Incident {
  const { scenario, severity: asked, suspects } = input;
  const { severities } = plan.incidents;
  const severity = severities.find((one) => one.name === asked);
  const services = [...plan.services.map(({ name }) => name), plan.gateway.service];
  const unknown = suspects.filter((one) => !services.includes(one));
  const next = 'Choose one that `dr plan show` lists.';
  const fault = scenario === undefined ? undefined : notInPlan({ plan }, scenario);
  const refusals = [
    ...(fault === undefined ? [] : [{ code: 'DR-INPUT', message: fault, next }]),
    ...(asked === undefined || severity
      ? []
      : [
          {
            code: 'DR-INPUT',
            message: `severity is "${asked}", the plan has: ${severities.map(({ name }) => name).join(', ')}`,
            next,
          },
        ]),
    ...(unknown.length === 0
      ? []
      : [
          {
            code: 'DR-UNKNOWN-SERVICE',
            message: `suspects name ${unknown.map((one) => `"${one}"`).join(', ')}, the plan has: ${services.join(', ')}`,
            next,
          },
        ]),
  ];
  if (refusals.length > 0) run.refuse(refusals);
  const openedAt = input.detectedAt === undefined ? workflowInfo().startTime.getTime() : Date.parse(input.detectedAt);
  return new Incident(run, input, plan, openedAt, severity);
}

/** Chooses, responds, and asks anew when it did not help, until it is declared over. */
async function untilDeclared(incident: Incident): Promise<void> {
  const { run, said, input, plan } = incident;
  let known: Choice | undefined =
    input.scenario !== undefined && !input.ask ? { scenario: input.scenario, by: input.by } : undefined;
  let failed: string | undefined;
  while (!said.declared) {
    incident.enter('open');
    // Somebody may have said it before the card could open.
    const choice: Choice | undefined = known ?? takeChoice(incident) ?? (await decide(incident, failed));
    known = undefined;
    failed = undefined;
    if (!choice) break;
    let outcome = await respond(incident, choice);
    if (outcome.state === 'by-hand' && incident.isolated.length > 0) {
      await condition(() => said.declared !== undefined || said.choice !== undefined || incident.isolated.length === 0);
      // Lifted: it is seen whether everything works again.
      if (incident.isolated.length === 0) outcome = await whetherItHelped(incident, 0);
    }
    if (outcome.state === 'failed') {
      failed = outcome.why;
      run.problem({ code: 'DR-SERVICE', message: outcome.why, next: 'Choose at the card what to try next.' });
      run.note(`it did not help: ${outcome.why}`);
      continue;
    }
    if (outcome.state === 'recovered') {
      run.verified('every service is well, and clients get a page through the gateway', outcome.lossMs);
      incident.enter('recovered');
      incident.telling?.monitoring();
      if (plan.incidents.declareAutomatically) {
        said.declared = {
          by: 'policy',
          reason: 'everything was verified, and the plan asks nobody',
          at: new Date().toISOString(),
        };
        run.note('declared over by the policy of the plan: everything was verified');
      }
    }
    await condition(() => said.declared !== undefined || said.choice !== undefined);
    known = takeChoice(incident);
    if (known && !said.declared) await incident.look('Look again');
  }
  await lastLook(incident);
}

/** What somebody chose since, once. */
function takeChoice({ said }: Incident): Choice | undefined {
  const { choice } = said;
  delete said.choice;
  return choice && { scenario: choice.scenario, by: choice.by };
}

/** A person's word counts; what does not work all the same is written down. */
async function lastLook(incident: Incident): Promise<void> {
  const { run, said, state } = incident;
  if (state === 'recovered') return;
  await incident.look('Look at what was declared over');
  if (incident.isWell) return run.verified(`everything works, as ${said.declared?.by ?? ''} says`, null);
  run.problem({
    code: 'DR-SERVICE',
    message: `declared over by ${said.declared?.by ?? ''}, although ${incident.impact}`,
    next:
      incident.lifts.length > 0
        ? `What is isolated stands until it is lifted: ${incident.lifts.join('; ')}`
        : 'See whether that is meant: `./dr incident open` begins another one.',
  });
}
