/** The data at the site that takes over: what has to run before a service can, and the promotion. */
import type { Approval } from '../contracts/approval';
import type { ServerFacts } from '../contracts/cluster';
import { drFailure } from '../contracts/errors';
import { storeResource } from '../contracts/names';
import type { DatabaseAt } from '../contracts/recovery';
import type { StoppedService } from '../contracts/site';
import type { ProjectFacts } from '../contracts/system';
import { count, duration } from '../contracts/words';
import type { FailoverFacts } from '../failover/decide';
import { proveAgain, type Fenced } from '../failover/fence';
import { promoteAndOpen, type Opened } from '../failover/promote';
import type { Run } from '../kernel/run';
import type { System } from '../system/context';
import type { Recovered } from '../system/data';
import type { SeenMove } from './assess';
import type { Move } from './context';

/** Time for a store that was started to take a write, milliseconds. */
const serveMs = 60_000;

/**
 * Starts containers of a site that serves nobody yet; the way back stops those that did not run, and leaves them startable.
 * @param project the site as it was before
 * @param lenient one that cannot be started is named in the outcome, and holds nothing up
 */
export async function startUnserved(
  run: Run,
  { site, on }: Pick<System, 'site' | 'on'>,
  services: string[],
  project: ProjectFacts,
  valid: Approval,
  lenient = false,
): Promise<void> {
  const approval = valid.reference;
  // By what was seen before: a second try of the start finds what the first has started.
  const ours = project.services
    .filter(({ service, state }) => services.includes(service) && (state === 'none' || state === 'stopped'))
    .map((one) => one.service);
  let policies: StoppedService[] | undefined;
  await run.change(
    services.length > 4
      ? `Start ${services.length} services at site ${site.name}`
      : `Start ${services.join(', ')} at site ${site.name}`,
    async () => {
      const begun = await on.brief.startServices({ site, services, approval });
      const failed = begun.filter((one) => one.how === 'failed');
      if (failed.length > 0 && !lenient)
        throw drFailure('DR-SERVICE', failed.map(({ service, problem }) => `${service}: ${problem ?? ''}`).join('; '));
      return begun;
    },
    {
      undo: {
        title: `Stop what was started at site ${site.name}`,
        act: async () => {
          if (ours.length === 0) return;
          policies ??= await on.brief.inspectServices({ site, services: ours });
          await on.brief.stopServices({ site, services: ours, graceSeconds: 5, approval });
          // Stopped, not for good: the next run starts them again, with the policy they had.
          const stopped = policies.map((one) => ({ ...one, ran: false }));
          await on.brief.releaseServices({ site, services: stopped, approval });
        },
      },
      outcome: (all) => all.map(({ service, how, problem }) => `${service} ${problem ?? how}`).join('; '),
    },
  );
}

/**
 * Stores and poolers are started beside the fence: none of them serves anybody while the gateway is shut.
 * @param project the site as it was before
 */
export async function startFoundation(
  run: Run,
  { system }: Pick<Move, 'system'>,
  project: ProjectFacts,
  valid: Approval,
): Promise<Recovered[]> {
  const { site, on, plan } = system;
  const services = [
    ...plan.stores.map((one) => one.service),
    ...new Set(plan.databases.map((one) => one.pooler.service)),
  ];
  await startUnserved(run, system, services, project, valid);
  return Promise.all(
    plan.stores.map(async (store): Promise<Recovered> => {
      const served = await run.change(
        `Write a key to ${store.name} and read it back`,
        () => on.brief.writeCanary({ store, site, deadlineMs: serveMs }),
        { outcome: ({ keys, afterMs }) => `served after ${duration(afterMs)}, with ${count(keys)} keys` },
      );
      const because = [`it is that of site ${site.name}, and holds ${count(served.keys)} keys`];
      // What it held at the other site is not here; the plan's objective for data is the database's.
      return { resource: storeResource(store.name), ways: ['restart'], because, lossMs: 0 };
    }),
  );
}

/** Promotes one database where it is now, and proves it by a write as the clients of that site do it. */
export async function promoteAt(
  run: Run,
  { system }: Move,
  { database, facts }: SeenMove,
  fenced: Fenced,
  valid: Approval,
): Promise<Opened> {
  const { service, timeline, systemIdentifier, synchronousStandbyNames } = facts.chosen;
  return promoteAndOpen(run, database.away, { service, timeline, systemIdentifier, synchronousStandbyNames }, valid, {
    from: service,
    held: false,
    ...(fenced.proof ? { proveAgain: () => proveAgain(facts as FailoverFacts) } : {}),
  }).then((opened) => {
    run.note(`database ${database.name} is served at site ${system.site.name}`);
    return opened;
  });
}

/** One that an earlier run has promoted: only that clients of that site can write is proven. */
export async function writeAt(
  run: Run,
  { system }: Pick<Move, 'system'>,
  { home, service, facts }: { home: DatabaseAt; service: string; facts: ServerFacts },
  valid: Approval,
): Promise<void> {
  const { on } = system;
  const approval = valid.reference;
  await run.change(`Send the clients to ${service}`, () =>
    on.brief.repointClients({ ...home, host: service, approval }),
  );
  await run.change('Let the clients in', () => on.brief.resumeClients({ ...home, approval }));
  const { systemIdentifier, timeline } = facts;
  await run.probe(
    'Write through the client path',
    () => on.probe.clientWrite({ ...home, expect: { systemIdentifier, timeline }, deadlineMs: 15_000 }),
    (value) => `committed and read back on timeline ${value.timeline} after ${duration(value.durationMs)}`,
  );
  run.pointOfNoReturn(`${service} was the primary on timeline ${timeline} already`);
}
