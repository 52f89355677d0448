/** Phase "Detect and assess": everything at once, and nothing is touched. */
import type { ServerFacts } from '../contracts/cluster';
import { membersOf } from '../contracts/members';
import type { StoreFacts } from '../contracts/store';
import { foundDown, type ProjectFacts, type ProjectService } from '../contracts/system';
import { beside, clusterOf, siteOf, type Cluster } from '../failover/context';
import { look, type Survey } from '../failover/survey';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { describe as describeStore } from '../store/prepare';
import type { System } from './context';
import { choosePath, type DatabasePicture, type Path } from './data-path';
import { namesOf } from './order';

export interface SeenDatabase {
  cluster: Cluster;
  survey: Survey;
  picture: DatabasePicture;
  way: Path;
}

export interface SeenStore {
  at: { store: System['plan']['stores'][number]; site: System['site'] };
  facts: StoreFacts;
}

export interface Assessment {
  project: ProjectFacts;
  databases: SeenDatabase[];
  stores: SeenStore[];
  gateway: ProjectService | undefined;
  /** Services that do not say that they can work, by name. */
  unwell: Map<string, ProjectService>;
  /** Everything works, as far as its parts say. */
  well: boolean;
}

/** Looks at every container, database, store and service of the site, all at once. */
export async function assess(run: Run, system: System): Promise<Assessment> {
  const { plan, site, on, order } = system;
  run.phase('Detect and assess');
  const services = [...order.critical, ...order.rest].flat();
  const own = plan.databases.filter((one) => one.site === site.name);
  const stores = plan.stores.filter((one) => one.site === site.name);
  const others = [
    plan.gateway.service,
    ...stores.map((one) => one.service),
    ...own.flatMap((one) => [one.pooler.service, ...membersOf(one).map(({ service }) => service)]),
  ];
  const [project, databases, seenStores] = await Promise.all([
    run.probe(
      'Look at every service',
      () =>
        on.urgent.inspectProject({
          site,
          services: [...namesOf(order.critical), ...namesOf(order.rest), ...others],
          health: services.map(({ name, port, health }) => ({ name, port, health })),
        }),
      (seen) => describe(seen, services.length),
    ),
    Promise.all(own.map((database) => askDatabase(run, system, database.name))),
    Promise.all(
      stores.map(async (store) => {
        const at = { store, site };
        return { at, facts: await run.probe(`Look at ${store.name}`, () => on.urgent.inspectStore(at), describeStore) };
      }),
    ),
  ]);
  refuseBroken(run, project);
  const of = new Map(project.services.map((one) => [one.service, one]));
  const unwell = new Map(
    services.flatMap(({ name }) => {
      const seen = of.get(name);
      return seen && !(seen.state === 'running' && seen.health?.healthy) ? [[name, seen] as const] : [];
    }),
  );
  const gateway = of.get(plan.gateway.service);
  const assessment = {
    project,
    databases,
    stores: seenStores,
    gateway,
    unwell,
    well:
      unwell.size === 0 &&
      gateway?.state === 'running' &&
      databases.every(({ way }) => way.path === 'intact') &&
      seenStores.every(({ facts }) => facts.answered),
  };
  tell(run, assessment);
  return assessment;
}

/** One database as it is now: its servers, what its clients get, and what lies in the volumes of those that are silent. */
export async function askDatabase(run: Run, { plan, site }: System, name: string): Promise<SeenDatabase> {
  const cluster = clusterOf(run, name, plan, false);
  const { database } = cluster.home;
  const on = siteActivities(site.name);
  const [survey, clientPath] = await Promise.all([
    run.probe(`Look at every server of ${name}`, () => look(cluster, {}), describeSurvey),
    run.probe(
      `Ask ${name} as its clients do`,
      () => on.urgent.askDependency({ site, on: { database }, once: true }),
      ({ says }) => says,
    ),
  ]);
  const { primary, standbys } = survey;
  const silent = [primary, ...standbys].filter((one) => !one.answered && one.engineAnswered);
  const volumes = await Promise.all(
    silent.map(async (one) => {
      const at = { database, site: siteOf(cluster, one), service: one.service };
      const seen = await run.probe(
        `Look into the volume of ${one.service}`,
        () => beside(one).urgent.inspectDataVolume(at),
        ({ volume, holds }) => `${volume ?? 'none'}: ${holds}`,
      );
      return [one.service, seen] as const;
    }),
  );
  const picture = { primary, standbys, clientPath, volumes: new Map(volumes) };
  return { cluster, survey, picture, way: choosePath(picture) };
}

/** What Compose cannot read it cannot make either. */
function refuseBroken(run: Run, { problem, site }: ProjectFacts): void {
  if (problem === undefined) return;
  run.refuse([
    {
      code: 'DR-COMPOSE',
      message: `the project of site ${site} cannot be read: ${problem}`,
      next: 'Bring its configuration back, then start again.',
    },
  ]);
}

function tell(run: Run, { project, databases, stores, unwell, gateway }: Assessment): void {
  const up = project.services.filter(({ state }) => state === 'running').length;
  run.facts(foundDown.title, [
    {
      label: foundDown.label,
      value: up === 0 ? foundDown.everything : `${up} of ${project.services.length} run`,
    },
    { label: 'Services', value: unwell.size === 0 ? 'all are well' : `${unwell.size} are not well` },
    ...[...unwell.values()].map((one) => ({ label: one.service, value: inWords(one) })),
    { label: 'Gateway', value: gateway?.state === 'none' ? 'it has no container' : (gateway?.state ?? 'not known') },
    ...databases.map(({ survey, way }) => ({
      label: `Database ${survey.at.database.name}`,
      value: `${way.path}: ${way.because.join('; ')}`,
    })),
    ...stores.map(({ at, facts }) => ({ label: `Store ${at.store.name}`, value: describeStore(facts) })),
    { label: 'Seen', value: project.at },
  ]);
}

/** A service in a few words. */
export function inWords({ state, health, image }: ProjectService): string {
  const missing = image?.there === false ? `, and image ${image.name} is not on the engine` : '';
  if (state === 'none') return `no container${missing}`;
  return state === 'running' ? (health?.says ?? 'it runs') : `its container is ${state}${missing}`;
}

const describe = ({ services }: ProjectFacts, asked: number): string => {
  const well = services.filter((one) => one.health?.healthy).length;
  const run = services.filter((one) => one.state === 'running').length;
  return `${well} of ${asked} services are well; ${run} of ${services.length} containers run`;
};

function describeSurvey({ primary, standbys }: Survey): string {
  const words = (one: ServerFacts): string =>
    `${one.service} ${one.answered ? (one.inRecovery ? 'follows' : 'takes writes') : `does not answer: ${one.problem ?? ''}`}`;
  return [primary, ...standbys].map(words).join('; ');
}
