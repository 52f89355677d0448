/** Looks at everything at once, and waits for nothing long: what does not answer is an answer. */
import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Plan, Site } from '../../plan';
import { problemOf } from '../contracts/errors';
import type { DatabasePicture, IncidentFacts, ServicePicture } from '../contracts/incident';
import { withPrimary } from '../contracts/members';
import { siteQueue } from '../contracts/names';
import type { HealthAnswer } from '../contracts/service';
import type { ProjectFacts } from '../contracts/system';
import type { SiteActivities } from '../kernel/site';
import { siteOfService } from '../service/context';

/** One try each, cut off after seconds: people wait for the card, and a place that hangs must not keep it from them. */
const glance = (site: string): SiteActivities =>
  proxyActivities<SiteActivities>({
    taskQueue: siteQueue(site),
    scheduleToStartTimeout: '4 seconds',
    startToCloseTimeout: '5 seconds',
    heartbeatTimeout: '3 seconds',
    retry: { maximumAttempts: 1 },
  });

/** What a probe answered, or why it did not. */
type Asked<T> = { value: T; problem?: undefined } | { value?: undefined; problem: string };

async function ask<T>(act: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: problemOf(error).message };
  }
}

/** Everything that is known of the platform at one moment. */
export async function lookAtEverything(plan: Plan): Promise<IncidentFacts> {
  const began = Date.now();
  const silent: string[] = [];
  /** Remembers a probe that did not answer. */
  const answered = <T>(what: string, asked: Asked<T>): T | undefined => {
    if (asked.problem !== undefined) silent.push(`${what}: ${asked.problem}`);
    return asked.value;
  };
  const primary = plan.sites.find((one) => one.role === 'primary');
  const front = plan.sites.find((one) => one.name === plan.gateway.site);
  const [projects, resources, databases, stores, page, paths, changed, certificates] = await Promise.all([
    Promise.all(
      plan.sites.filter((site) => servicesAt(plan, site).length > 0).map((site) => lookAtProject(plan, site)),
    ),
    Promise.all(
      plan.sites.map(async (site) => ({
        site,
        asked: await ask(() => glance(site.name).inspectResources({ site })),
      })),
    ),
    Promise.all(plan.databases.map((database) => lookAtDatabase(plan, database))),
    Promise.all(plan.stores.map((store) => lookAtStore(plan, store))),
    front ? ask(() => askFront(plan, front)) : undefined,
    primary ? ask(() => glance(primary.name).probePaths({ site: primary, from: triers(plan) })) : undefined,
    primary
      ? ask(() => glance(primary.name).changedFiles({ site: primary, kind: 'configuration', backups: plan.backups }))
      : undefined,
    front
      ? ask(() =>
          glance(front.name).inspectCertificates({
            path: plan.gateway.certificates,
            publicName: plan.gateway.publicName,
          }),
        )
      : undefined,
  ]);
  const sites = resources.map(({ site, asked }) => ({
    name: site.name,
    role: site.role,
    answered: asked.value !== undefined,
    ...(asked.problem === undefined ? {} : { problem: asked.problem }),
  }));
  const found = projects.map(({ site, asked }) => ({ site, facts: answered(`services of site ${site.name}`, asked) }));
  const certificate = certificates && answered('certificates', certificates)?.problem;
  const problem = found.map(({ facts }) => facts?.problem).find((one) => one !== undefined);
  return {
    at: new Date(began).toISOString(),
    sites,
    services: found.flatMap(({ site, facts }) => picturesOf(plan, site, facts)),
    databases,
    stores,
    gateway: {
      service: plan.gateway.service,
      state:
        found.map(({ facts }) => stateIn(facts, plan.gateway.service)).find((one) => one !== undefined) ?? 'unknown',
      page: (page && answered('page of the gateway', page)) ?? { healthy: false, says: 'it was not asked' },
    },
    resources: resources.flatMap(({ site, asked }) => answered(`resources of site ${site.name}`, asked) ?? []),
    paths: (paths && answered('paths between containers', paths)) ?? { paths: [] },
    configuration: {
      changed: (changed && answered('files of the configuration', changed)) ?? { files: [] },
      ...(problem === undefined ? {} : { problem }),
      ...(certificate === undefined ? {} : { certificate }),
    },
    silent,
    tookMs: Date.now() - began,
  };
}

const servicesAt = (plan: Plan, site: Site): Plan['services'] =>
  plan.services.filter((one) => siteOfService(plan, one)?.name === site.name);

/** Containers that can try the paths: their images have bash. */
const triers = (plan: Plan): string[] => plan.databases.flatMap((one) => [one.pooler.service, one.service]);

async function lookAtProject(plan: Plan, site: Site): Promise<{ site: Site; asked: Asked<ProjectFacts> }> {
  const health = servicesAt(plan, site).map(({ name, port, health: page }) => ({ name, port, health: page }));
  const services = [
    ...health.map(({ name }) => name),
    ...(plan.gateway.site === site.name ? [plan.gateway.service] : []),
  ];
  return { site, asked: await ask(() => glance(site.name).inspectProject({ site, services, health })) };
}

const stateIn = (facts: ProjectFacts | undefined, service: string): ServicePicture['state'] | undefined =>
  facts?.services.find((one) => one.service === service)?.state;

function picturesOf(plan: Plan, site: Site, facts: ProjectFacts | undefined): ServicePicture[] {
  const of = new Map((facts?.services ?? []).map((one) => [one.service, one]));
  return servicesAt(plan, site).map(({ name, tier }): ServicePicture => {
    const seen = of.get(name);
    const common = { service: name, tier, site: site.name };
    if (!seen) return { ...common, state: 'unknown', healthy: false, says: 'its site did not answer' };
    const { state, health } = seen;
    const says =
      state === 'running'
        ? (health?.says ?? 'it runs')
        : state === 'none'
          ? 'no container'
          : `its container is ${state}`;
    return { ...common, state, healthy: state === 'running' && (health?.healthy ?? true), says };
  });
}

/** Its clients' view and its own. Who is primary is in the pooler's file. */
async function lookAtDatabase(plan: Plan, database: Plan['databases'][number]): Promise<DatabasePicture> {
  const site = plan.sites.find((one) => one.name === database.site) as Site;
  const on = glance(site.name);
  const [clients, damage] = await Promise.all([
    ask(() => on.askDependency({ site, on: { database }, once: true })),
    ask(async () => {
      const roles = await ask(() => on.readRoles({ site, database }));
      const now = withPrimary(database, roles.value?.primary ?? database.service) as typeof database;
      return on.lookForDamage({ site: plan.sites.find((one) => one.name === now.site) ?? site, database: now });
    }),
  ]);
  const { name, tier, service } = database;
  return {
    name,
    tier,
    service,
    clients: clients.value ?? { healthy: false, says: clients.problem ?? 'not known' },
    damage: damage.value ?? { answered: false, logged: [], problem: damage.problem ?? 'not known' },
  };
}

async function lookAtStore(plan: Plan, store: Plan['stores'][number]): Promise<IncidentFacts['stores'][number]> {
  const site = plan.sites.find((one) => one.name === store.site) as Site;
  const asked = await ask(() => glance(site.name).askDependency({ site, on: { store }, once: true }));
  const { healthy, says } = asked.value ?? { healthy: false, says: asked.problem ?? 'not known' };
  return { name: store.name, tier: store.tier, healthy, says };
}

/** A page that clients get through the gateway. */
function askFront(plan: Plan, site: Site): Promise<HealthAnswer> {
  const upstream = plan.services.find((one) => plan.gateway.upstreams.includes(one.name));
  const page = upstream?.businessPage ?? '/';
  return glance(site.name).askGateway({ gateway: plan.gateway, site, page, deadlineMs: 0 });
}
