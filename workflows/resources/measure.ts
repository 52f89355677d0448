import type { ConnectionUse, Hog, ResourceFacts } from '../contracts/resources';
import { problemOf } from '../contracts/errors';
import { withPrimary } from '../contracts/members';
import type { Run } from '../kernel/run';
import { homeOf, type ResourceContext } from './context';
import { judge } from './judge';

/** Measures everything at once. What cannot be asked is named; the rest is still known. */
export async function measure(run: Run, context: ResourceContext, { cpus = false } = {}): Promise<ResourceFacts> {
  const { site, on, plan, services } = context;
  const unknown: string[] = [];
  const noted =
    (what: string) =>
    (error: unknown): undefined =>
      void unknown.push(`${what}: ${problemOf(error).message}`);
  const [containers, disks, ...connections] = await Promise.all([
    on.probe.measureContainers({ site, cpus }),
    on.probe.measureDisks({ site, resources: plan.resources, services: services.map(({ name }) => name) }),
    ...context.databases.map(({ name }) => connectionsOf(run, context, name).catch(noted(`connections of ${name}`))),
  ]);
  return {
    containers,
    disks: disks.disks,
    connections: connections.flatMap((one) => one ?? []),
    unknown: [...unknown, ...disks.unknown],
  };
}

/** A hog as it is now; undefined: it is none any more. */
export async function now(run: Run, context: ResourceContext, what: string): Promise<Hog | undefined> {
  const facts = await measure(run, context);
  return judge(facts, context.plan.resources).find((one) => one.what === what);
}

async function connectionsOf(run: Run, context: ResourceContext, name: string): Promise<ConnectionUse> {
  const home = homeOf(run, context, name);
  const { on, plan } = context;
  const { primary } = await on.urgent.readRoles(home);
  const database = withPrimary(home.database, primary) ?? home.database;
  return on.urgent.measureConnections({
    ...home,
    database: { ...home.database, ...database },
    idleMs: plan.resources.sessions.idleInTransaction,
  });
}
