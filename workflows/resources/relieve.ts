/** Phase "Relieve": one measure after the other against one hog, each allowed by the plan and approved, until it is none. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { Hog, Relief } from '../contracts/resources';
import { count, duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { homeOf, type ResourceContext } from './context';
import { allow, Relieved } from './gate';
import { titleOf } from './judge';
import { now } from './measure';

/** A measure that was taken. */
export interface Taken {
  what: string;
  title: string;
  says: string;
  helped: boolean;
}

/** @returns what was done; nothing where the plan allows nothing, or it was relieved by itself */
export async function relieve(run: Run, context: ResourceContext, hog: Hog, measuredAt: number): Promise<Taken[]> {
  const taken: Taken[] = [];
  if (hog.reliefs.length === 0) run.note(`${hog.says}; ${hog.untouched ?? 'the plan allows nothing against it'}`);
  for (const [index, relief] of hog.reliefs.entries()) {
    try {
      const allowed = await allow(run, context, hog, relief, index === 0 ? measuredAt : 0);
      const says = await run.irreversible(titleOf(allowed.relief()), allowed.approval, (valid) =>
        act(run, context, allowed.relief(), valid),
      );
      const left = await run.probe(
        `Measure ${hog.what} again`,
        () => now(run, context, hog.what),
        (one) => one?.says ?? 'it is relieved',
      );
      taken.push({ what: hog.what, title: titleOf(relief), says, helped: left === undefined });
      if (left === undefined) return taken;
    } catch (error) {
      if (!(error instanceof Relieved)) throw error;
      run.note(`${hog.what} is relieved by itself: ${titleOf(relief)} was not needed`);
      return taken;
    }
  }
  return taken;
}

function act(run: Run, context: ResourceContext, relief: Relief, { reference: approval }: Approval): Promise<string> {
  const { site, on, plan } = context;
  const title = titleOf(relief);
  switch (relief.kind) {
    case 'limit':
      return run.change(title, async () => {
        const service = serviceOf(context, relief.service);
        const { containerId, to: limitBytes } = relief;
        await on.brief.limitMemory({ site, service, containerId, limitBytes, approval });
        return 'until its container is made anew: give the Compose file the new limit, too';
      });
    case 'restart':
      return run.change(title, () => restart(context, relief, approval), { outcome: (says) => says });
    case 'free':
      return run.change(
        title,
        async () => {
          const entry = plan.resources.free.find(({ name }) => name === relief.entry.name);
          if (!entry) throw drFailure('DR-PLAN', `the plan has no entry ${relief.entry.name} under resources.free`);
          const { olderThan } = relief.entry;
          const { databases } = plan;
          const { files } = await on.brief.freeFiles({ site, entry, olderThan, databases, approval });
          return `${count(files)} files were removed`;
        },
        { outcome: (says) => says },
      );
    case 'terminate':
      return run.change(
        title,
        async () => {
          const home = homeOf(run, context, relief.database);
          const database = { ...home.database, service: relief.service };
          const { ended } = await on.brief.endSessions({ ...home, database, sessions: relief.sessions, approval });
          return `${count(ended)} sessions were ended`;
        },
        { outcome: (says) => says },
      );
  }
}

async function restart(
  { plan, site, on, services }: ResourceContext,
  relief: Relief & { kind: 'restart' },
  approval: Approval['reference'],
): Promise<string> {
  const service = serviceOf({ services }, relief.service);
  const { containerId, startedAt } = relief;
  const at = { site, service };
  const { refused } = await on.brief.restartService({ ...at, containerId, startedAt, approval });
  if (refused !== undefined) throw drFailure('DR-SERVICE', `the engine does not start ${service.name}: ${refused}`);
  const until = Date.now() + service.health.startPeriod;
  const { healthy, says, afterMs } = await on.probe.awaitService({ ...at, containerId, until });
  if (!healthy) throw drFailure('DR-SERVICE', `${service.name} does not come back after its restart: ${says}`);
  const { gateway } = plan;
  // nginx resolves the names of its upstreams only when it reads its configuration.
  if (gateway.upstreams.includes(service.name)) {
    const front = plan.sites.find((one) => one.name === gateway.site) ?? site;
    await siteActivities(front.name).brief.reloadGateway({ gateway, site: front, approval });
  }
  return `well after ${duration(afterMs)}`;
}

function serviceOf({ services }: Pick<ResourceContext, 'services'>, name: string) {
  const service = services.find((one) => one.name === name);
  if (service) return service;
  throw drFailure('DR-UNKNOWN-SERVICE', `the plan has no service ${name} at this site`);
}
