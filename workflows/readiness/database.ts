/** Looks at a database: its primary, its archive, its repository, its standbys, and the room for a copy. */
import { proxyActivities } from '@temporalio/workflow';
import type { Plan, Site } from '../../plan';
import { membersOf, withPrimary } from '../contracts/members';
import type { DatabaseReadiness } from '../contracts/readiness';
import { siteQueue } from '../contracts/names';
import type { DatabaseAt } from '../contracts/recovery';
import { siteActivities, type SiteActivities, type SiteProxies } from '../kernel/site';
import { archiverFault } from './archive';
import { ask } from './ask';

type Database = Plan['databases'][number];

/** Longest wait for a segment that is closed for this check, milliseconds. */
const arrivesWithinMs = 10_000;

// One try: whoever waited that long in vain knows enough, and a second segment would be closed for nothing.
const once = (site: string): Pick<SiteActivities, 'archiveCheck'> =>
  proxyActivities<SiteActivities>({
    taskQueue: siteQueue(site),
    scheduleToStartTimeout: '10 seconds',
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '3 seconds',
    retry: { maximumAttempts: 1 },
  });

/** Everything that recovery of one database will need. Who is primary is asked first: after a failover it is another server. */
export async function lookAtDatabase(plan: Plan, planned: Database): Promise<DatabaseReadiness> {
  const siteOf = (name: string): Site | undefined => plan.sites.find((one) => one.name === name);
  const home = siteOf(planned.site);
  const { name } = planned;
  if (!home) {
    const nothing = { problem: `the plan has no site ${planned.site}` };
    return {
      name,
      primary: nothing,
      server: nothing,
      repository: nothing,
      standbys: [],
      position: nothing,
      disk: nothing,
    };
  }
  const primary = await ask(
    async () => (await siteActivities(home.name).urgent.readRoles({ site: home, database: planned })).primary,
  );
  // Where the record of who is primary cannot be read the plan's own word for peace is all there is.
  const database = { ...planned, ...withPrimary(planned, primary.value ?? planned.service) };
  const at: DatabaseAt = { database, site: siteOf(database.site) ?? home };
  const on = siteActivities(at.site.name);
  const survey = (member: { service: string; site: string }) => {
    const site = siteOf(member.site) ?? home;
    return ask(() => siteActivities(site.name).urgent.surveyServer({ database, site, service: member.service }));
  };
  const others = membersOf(database).filter(({ service }) => service !== database.service);
  const [ofServer, position, standbys] = await Promise.all([
    lookAtServer(at, on),
    survey({ service: database.service, site: at.site.name }),
    Promise.all(others.map(async (member) => ({ service: member.service, facts: await survey(member) }))),
  ]);
  return { name, primary, ...ofServer, position, standbys };
}

async function lookAtServer(
  at: DatabaseAt,
  on: SiteProxies,
): Promise<Pick<DatabaseReadiness, 'server' | 'archive' | 'repository' | 'disk'>> {
  const server = await ask(() => on.urgent.readDatabase(at));
  const container = server.value?.container?.id;
  if (!server.value?.answered || container === undefined) {
    const nothing = { problem: server.problem ?? server.value?.problem ?? 'the server does not answer' };
    return { server, repository: nothing, disk: nothing };
  }
  const { timeline } = server.value;
  const [archive, repository, disk] = await Promise.all([
    // Where the server's own figures leave no doubt there is nothing to wait for.
    archiverFault(server.value, at.database.backup.archiveTimeout)?.certain !== true
      ? ask(() => once(at.site.name).archiveCheck({ ...at, deadlineMs: arrivesWithinMs }))
      : undefined,
    ask(() => on.probe.inspectRepository({ ...at, timeline })),
    ask(() => on.urgent.freeDisk({ ...at, toolbox: container })),
  ]);
  return { server, ...(archive ? { archive } : {}), repository, disk };
}
