/** Phase "Critical services", the data: databases and stores, before any service is started on them. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { storeResource } from '../contracts/names';
import { count, duration } from '../contracts/words';
import { siteOf } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import type { Assessment, SeenDatabase, SeenStore } from './assess';
import { lossOf, recoverWith, whyNot } from './child';
import type { System } from './context';
import type { DataPath } from './data-path';
import { recoverDatabase } from './database';

/** What became of one database or store. */
export interface Recovered {
  resource: string;
  ways: DataPath[];
  because: string[];
  /** Acknowledged work that is lost, milliseconds; null: not known. */
  lossMs: number | null;
}

/** Time for a store that was started to take a write, milliseconds: it may have to read all it has. */
const serveMs = 60_000;

/** Databases and stores beside each other; the containers that only have to run are started while the first run looks. */
export async function recoverData(run: Run, system: System, seen: Assessment, valid: Approval): Promise<Recovered[]> {
  await Promise.all(seen.databases.map((one) => emptyVolumes(run, one, valid)));
  const started = startFoundation(run, system, seen, valid);
  const stores = Promise.all(seen.stores.map((one) => recoverStore(run, system, one, started)));
  // Whoever ends the run meanwhile has them fail before they are waited for.
  started.catch(() => undefined);
  stores.catch(() => undefined);
  // Compose makes no container of a project while one of its volumes is missing.
  if (seen.stores.some(({ facts }) => !facts.answered && !facts.volumeThere)) await stores;
  const databases = Promise.all(
    seen.databases.map(async (one) => {
      // The run that restarts looks after the pooler itself.
      if (one.way.path !== 'restart') await started;
      return recoverDatabase(run, system, one, valid);
    }),
  );
  return (await Promise.all([databases, stores])).flat();
}

/** Volumes of servers that are gone, made anew and empty, so that Compose can make containers at all. No server is started on one. */
async function emptyVolumes(run: Run, { cluster, picture }: SeenDatabase, valid: Approval): Promise<void> {
  const gone = cluster.members.filter(({ service }) => picture.volumes.get(service)?.holds === 'gone');
  for (const { service, site: name, volumeVariable } of gone) {
    const site = siteOf(cluster, { site: name });
    const database = { ...cluster.home.database, service, volumeVariable };
    await run.change(
      `Make the volume of ${service} anew, empty`,
      () => siteActivities(name).brief.makeDataVolume({ database, site, approval: valid.reference }),
      { outcome: ({ volume, made }) => (made ? `${volume} is empty` : `${volume} is there`) },
    );
  }
}

/** Poolers that a run on the data will speak to, and stores whose volume is there: all with one call. */
async function startFoundation(run: Run, system: System, seen: Assessment, valid: Approval): Promise<void> {
  const { site, on } = system;
  const services = [
    ...seen.databases
      .filter(({ way }) => way.path === 'failover' || way.path === 'recover')
      .map(({ survey }) => survey.at.database.pooler.service),
    ...seen.stores.filter(({ facts }) => !facts.answered && facts.volumeThere).map(({ at }) => at.store.service),
  ];
  if (services.length === 0) return;
  await run.change(
    `Start ${services.join(', ')}`,
    () => on.brief.startServices({ site, services, approval: valid.reference }),
    { outcome: (all) => all.map(({ service, how, problem }) => `${service} ${problem ?? how}`).join('; ') },
  );
}

async function recoverStore(
  run: Run,
  system: System,
  { at, facts }: SeenStore,
  started: Promise<void>,
): Promise<Recovered> {
  const { name } = at.store;
  const resource = storeResource(name);
  if (facts.answered) return { resource, ways: ['intact'], because: ['it answers'], lossMs: 0 };
  const { on } = system;
  let why = 'its volume is gone';
  if (facts.volumeThere) {
    await started;
    const served = await run.change<{ keys: number; unwrittenMs: number | null; afterMs: number } | string>(
      `Write a key to ${name} and read it back`,
      () => on.brief.writeCanary({ ...at, deadlineMs: serveMs }),
      {
        outcome: (one) =>
          typeof one === 'string' ? one : `served after ${duration(one.afterMs)}, with ${count(one.keys)} keys`,
        instead: ({ message }) => message,
      },
    );
    if (typeof served !== 'string')
      return {
        resource,
        ways: ['restart'],
        because: [`it was started, and holds ${count(served.keys)} keys`],
        // It was killed, for all that is known.
        lossMs: served.unwrittenMs,
      };
    why = served;
  }
  const { disasterAt } = system.input;
  const end = await recoverWith(run, system, {
    title: `Restore ${name} from its backup`,
    procedure: 'restoreRedis',
    resource,
    input: { store: name, ...(disasterAt === undefined ? {} : { disasterAt }) },
  });
  const failed = whyNot(end);
  if (failed !== undefined)
    await run.optional(`Look whether ${name} serves`, async () => {
      const now = await on.urgent.inspectStore(at);
      if (!now.answered)
        throw drFailure('DR-STORE', `${name} does not serve: ${now.problem ?? ''}; it was not restored: ${failed}`);
    });
  return { resource, ways: ['recover'], because: [why], lossMs: lossOf(end) };
}
