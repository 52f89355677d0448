/**
 * A service that is not trusted any more: it is frozen where it stands, what it can tell is kept, it is cut off from every
 * network, and it stays so until somebody lifts it. Nothing is killed or removed: memory, files and log are evidence.
 */
import { condition, workflowInfo } from '@temporalio/workflow';
import type { Plan, Site } from '../plan';
import { drFailure } from './contracts/errors';
import { isolateServiceInputSchema } from './contracts/isolation';
import type { IsolatedAt, IsolateServiceInput, IsolationFacts } from './contracts/isolation';
import { type WordMessage, liftSignal, liftUpdate, wordSchema } from './contracts/messages';
import { recoveryLock, serviceResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import type { Approval } from './contracts/approval';
import { tellParentItStands } from './kernel/child';
import { wordCommands } from './kernel/commands';
import type { CardContent } from './kernel/gate';
import { runProcedure, type Finished } from './kernel/procedure';
import { gatePolicy } from './kernel/gate-policy';
import type { Run } from './kernel/run';
import { siteActivities, type SiteProxies } from './kernel/site';
import { listenTo } from './kernel/word';
import { siteOfService } from './service/context';

/**
 * The procedure `isolateService`. @param input one JSON object: see `isolateServiceInputSchema`
 * It takes the lock of the service, so that no recovery starts it again meanwhile, and ends when the isolation is lifted.
 * @returns the report, with the evidence that was kept
 */
export async function isolateService(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'isolateService',
      schema: isolateServiceInputSchema,
      describe: ({ service, reason, by }) => {
        const resource = serviceResource(service);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'isolate',
          summary: `isolation of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

/** How long a thawed service is given to say that it is well, milliseconds. */
const wellMs = 15_000;

interface Isolating {
  run: Run;
  on: SiteProxies;
  at: IsolatedAt;
  before: NonNullable<IsolationFacts['container']>;
}

async function body(run: Run, input: IsolateServiceInput, plan: Plan): Promise<Finished> {
  const site = siteOf(run, input, plan);
  const on = siteActivities(site.name);
  const { service } = input;
  const look = (): Promise<IsolationFacts> => on.urgent.inspectIsolation({ site, service });
  run.phase('Look');
  const { container: before } = await run.probe('Look at the container', look, describe);
  if (!before)
    return run.refuse([
      {
        code: 'DR-SERVICE',
        message: `service ${service} has no container at site ${site.name}: there is nothing to isolate`,
        next: 'See what runs with `docker ps -a`; its evidence may lie in an earlier log.',
      },
    ]);
  const isolating = { run, on, at: { site, service, containerId: before.id }, before };
  let lifted: WordMessage | undefined;
  let isolated = false;
  listenTo<WordMessage>(run, {
    update: liftUpdate,
    signal: liftSignal,
    schema: wordSchema,
    description: 'Lift the isolation: back into its networks, thawed: {"by","reason"}',
    objection: () =>
      !isolated ? `${service} is not isolated yet` : lifted && `the isolation is being lifted, as ${lifted.by} asked`,
    take: (word) => {
      lifted = word;
      run.record.note('person', `lift asked by ${word.by}: ${word.reason}`);
    },
  });
  const approval = await decide(isolating, input, plan, look);
  return run.irreversible(`Isolate ${service}`, approval, async (valid) => {
    const kept = await isolate(isolating, valid);
    isolated = true;
    const isolatedAt = new Date().toISOString();
    waitFor(isolating);
    tellParentItStands();
    await condition(() => lifted !== undefined);
    run.task(undefined);
    await lift(isolating, valid);
    await welcome(isolating, plan, valid);
    run.pointOfNoReturn('the isolation was lifted');
    const result = { service, isolatedAt, liftedAt: new Date().toISOString(), networks: before.networks, ...kept };
    return { verdict: 'none' as const, result };
  });
}

/** The gateway is a service as well, though the plan describes it elsewhere. */
function siteOf(run: Run, { service: name }: IsolateServiceInput, plan: Plan): Site {
  const service = plan.services.find((one) => one.name === name);
  const site = service
    ? siteOfService(plan, service)
    : plan.sites.find((one) => name === plan.gateway.service && one.name === plan.gateway.site);
  if (site) return site;
  return run.refuse([
    {
      code: 'DR-UNKNOWN-SERVICE',
      message: `service of the input is ${JSON.stringify(name)}, the plan has: ${[...plan.services.map((one) => one.name), plan.gateway.service].join(', ')}`,
      next: 'Choose one of these. A database or a store is fenced by the procedures that recover it.',
    },
  ]);
}

const describe = ({ container }: IsolationFacts): string => {
  if (!container) return 'it has no container';
  const state = container.paused ? 'frozen' : container.running ? 'running' : 'not running';
  return `${container.name} is ${state}, in ${container.networks.join(', ') || 'no network'}`;
};

/** A person alone decides: its clients are served no more. */
function decide(
  { run, at, before }: Isolating,
  input: IsolateServiceInput,
  plan: Plan,
  look: () => Promise<IsolationFacts>,
): Promise<Approval> {
  run.phase('Decide');
  return run.gate<IsolationFacts>('isolate', {
    policy: gatePolicy(plan, 'security.isolate', input),
    measure: look,
    drifted: (was, is) =>
      was.container?.id === is.container?.id
        ? undefined
        : `its container was ${was.container?.id ?? 'none'}, is now ${is.container?.id ?? 'none'}`,
    card: (facts) => card(at.service, plan, facts.container ?? before),
  });
}

function card(service: string, plan: Plan, container: Isolating['before']): CardContent {
  const needs = plan.services.filter((one) => one.dependsOn.includes(service)).map((one) => one.name);
  const front = service === plan.gateway.service || plan.gateway.upstreams.includes(service);
  return {
    title: `Isolate ${service}`,
    will: [
      'Freeze all its processes where they stand (docker pause). Nothing is killed..',
      'Keep as files with checksums: description, processes, connections, changed files, log, image.',
      `Take it out of its networks: ${container.networks.join(', ') || 'it is in none'}.`,
      'Hold it so, and hold its lock, until somebody lifts the isolation.',
    ],
    loss: [
      { label: 'Served no more', value: front ? 'ALL clients: everything comes through it' : `clients of ${service}` },
      { label: 'Needs it', value: needs.join(', ') || 'no other service' },
    ],
    facts: [
      { label: 'Container', value: `${container.name} (${container.id.slice(0, 12)}), since ${container.startedAt}` },
      { label: 'Image', value: `${container.image} (${container.imageId})` },
      { label: 'State', value: container.paused ? 'frozen already' : container.running ? 'running' : 'not running' },
    ],
    tables: [],
    warnings: [
      'An abort or a cancel of this run lifts the isolation: the service goes on as it was.',
      'Never `docker kill`, `docker compose down` or `docker system prune` here: they destroy what proves the breach.',
    ],
  };
}

/** First frozen, so that nothing is wiped while it is read; then read; then cut off. */
async function isolate({ run, on, at, before }: Isolating, { reference: approval }: Approval) {
  run.phase('Isolate');
  const thaw = before.running && !before.paused;
  const { networks, restartPolicy } = before;
  const undo = {
    title: `Lift the isolation of ${at.service}`,
    act: () => on.brief.liftIsolation({ ...at, networks, thaw, restartPolicy, approval }),
  };
  await run.change(`Freeze ${at.service}`, () => on.urgent.freezeService({ ...at, approval }), {
    undo,
    outcome: ({ frozen }) => (frozen ? 'every process stands still' : 'it does not run, so there is nothing to freeze'),
  });
  const kept = await run.optional(
    'Keep the evidence',
    () => on.brief.keepServiceEvidence(at),
    ({ evidence, missing }) =>
      `${evidence.length} files${missing.length > 0 ? `; missing: ${missing.join('; ')}` : ''}`,
  );
  if (kept) run.evidence(...kept.evidence);
  await run.change('Cut it off from its networks', () => on.brief.cutOffService({ ...at, approval }), {
    outcome: ({ networks: cut }) => cut.join(', ') || 'it was in none',
  });
  const { site, service } = at;
  const verify = async (): Promise<IsolationFacts> => {
    const facts = await on.urgent.inspectIsolation({ site, service });
    const fault = notIsolated(facts, at.containerId);
    if (fault !== undefined)
      throw drFailure('DR-SERVICE', `${service} is not isolated: ${fault}`, {
        next: 'See who started it (`docker events --since 1h`). Freeze it and take it out of its networks by hand and retry; or abort, and isolate the service anew.',
      });
    return facts;
  };
  await run.probe('Verify the isolation', verify, describe);
  return { evidence: kept?.evidence ?? [], missing: kept?.missing ?? ['all of it: a person skipped it'] };
}

/** Why a service is not isolated: by what is, not by what was done. */
function notIsolated(facts: IsolationFacts, containerId: string): string | undefined {
  const { container } = facts;
  if (container?.id !== containerId) return `its container was ${containerId}, is now ${container?.id ?? 'none'}`;
  const { running, paused, networks, restartPolicy } = container;
  if (networks.length > 0 || (running && !paused)) return describe(facts);
  return restartPolicy.name === 'no' ? undefined : `its restart policy is ${restartPolicy.name}: the engine starts it`;
}

function waitFor({ run, at }: Isolating): void {
  const { workflowId } = workflowInfo();
  const word = { by: 'YOUR ROLE', reason: 'WHY' };
  run.phase('Isolated');
  run.task({
    text: `somebody to lift the isolation of ${at.service}, when it is trusted again`,
    commands: wordCommands(workflowId, `./dr lift ${at.service} --reason "WHY"`, 'lift', word),
  });
}

async function lift({ run, on, at, before }: Isolating, { reference: approval }: Approval): Promise<void> {
  run.phase('Lift');
  const thaw = before.running && !before.paused;
  const lifted = { ...at, networks: before.networks, thaw, restartPolicy: before.restartPolicy, approval };
  await run.change('Put it back into its networks and thaw it', () => on.brief.liftIsolation(lifted), {
    outcome: ({ networks, running }) =>
      `${networks.join(', ') || 'it was in all of them'}; ${running ? 'it runs' : 'it does not run'}`,
  });
}

/** It may have another address now: the gateway looks its upstreams up anew, and the service is asked how it is. */
async function welcome(
  { run, on, at, before }: Isolating,
  plan: Plan,
  { reference: approval }: Approval,
): Promise<void> {
  if (!before.running) return;
  const { site, service: name } = at;
  const service = plan.services.find((one) => one.name === name);
  const front = plan.sites.find((one) => one.name === plan.gateway.site);
  if (front && plan.gateway.upstreams.includes(name))
    await run.optional('Have the gateway look for it anew', () =>
      siteActivities(front.name).brief.reloadGateway({ gateway: plan.gateway, site: front, approval }),
    );
  if (!service) return;
  const healthy = await run.probe(
    'Ask it how it is',
    () => on.brief.awaitServices({ site, services: [{ service, containerId: before.id }], until: Date.now() + wellMs }),
    ([one]) => one?.says ?? 'not asked',
  );
  if (!healthy.every((one) => one.healthy))
    run.problem({
      code: 'DR-SERVICE',
      message: `${name} is back in its networks and does not say that it is well: ${healthy.map(({ says }) => says).join('; ')}`,
      next: `Recover it: ./dr recover service ${name} --reason "after its isolation"`,
    });
}
