/** Phase "Critical services", the data: databases and stores, before any service is started on them. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { databaseResource, storeResource } from '../contracts/names';
import { count, duration } from '../contracts/words';
import { siteOf } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import type { Assessment, SeenDatabase, SeenStore } from './assess';
import { lossOf, recoverWith, whyNot } from './child';
import type { System } from './context';
import { afterRestart, type DataPath, type Path } from './data-path';

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
  // Compose makes no container of a project while one of its volumes is missing.
  if (seen.stores.some(({ facts }) => !facts.answered && !facts.volumeThere)) await stores;
  const databases = Promise.all(seen.databases.map((one) => recoverDatabase(run, system, one, started, valid)));
  return (await Promise.all([databases, stores])).flat();
}

/** Volumes of servers that are gone, made anew and empty: a server never takes an empty one for its data while there are backups. */
async function emptyVolumes(run: Run, { cluster, picture }: SeenDatabase, valid: Approval): Promise<void> {
  const gone = cluster.members.filter(({ service }) => picture.volumeThere.get(service) === false);
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

/** Poolers, stores whose volume is there, and standbys that are needed: all with one call. */
async function startFoundation(run: Run, system: System, seen: Assessment, valid: Approval): Promise<void> {
  const { site, on } = system;
  const services = [
    ...seen.databases
      .filter(({ way }) => way.path !== 'intact' && way.path !== 'restart')
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

async function recoverDatabase(
  run: Run,
  system: System,
  seen: SeenDatabase,
  started: Promise<void>,
  valid: Approval,
): Promise<Recovered> {
  const resource = databaseResource(seen.survey.at.database.name);
  const done: Recovered = { resource, ways: [], because: [], lossMs: 0 };
  let way = seen.way;
  for (;;) {
    done.ways.push(way.path);
    done.because.push(...way.because);
    // The run that restarts looks after the pooler itself.
    if (way.path !== 'restart') await started;
    const next = await takeWay(run, system, seen, way, done, valid);
    if (!next) return done;
    way = next;
    run.note(`${resource}: ${way.path}, because ${way.because.join('; ')}`);
  }
}

/** @returns the next way to take, when this one did not help and there is another */
async function takeWay(
  run: Run,
  system: System,
  seen: SeenDatabase,
  { path }: Path,
  done: Recovered,
  valid: Approval,
): Promise<Path | undefined> {
  const { database } = seen.survey.at;
  const { resource } = done;
  const of = (title: string, procedure: string, input: Record<string, unknown>): ReturnType<typeof recoverWith> =>
    recoverWith(run, system, { title, procedure, resource, input: { database: database.name, ...input } });
  switch (path) {
    case 'intact':
      return undefined;
    case 'unreachable':
    case 'pooler':
      await reachable(run, system, seen);
      return undefined;
    case 'restart': {
      const gone = !seen.survey.primary.container;
      const input = { recreate: gone, orGiveUp: true };
      const why = whyNot(await of(`Restart database ${database.name}`, 'databaseRestart', input));
      return why === undefined ? undefined : afterRestart(seen.picture, why);
    }
    case 'failover': {
      await startStandbys(run, seen, valid);
      const end = await of(`Continue database ${database.name} on a standby`, 'databaseFailover', {});
      done.lossMs = lossOf(end);
      const why = whyNot(end);
      return why === undefined ? undefined : { path: 'recover', because: [`no standby was promoted: ${why}`] };
    }
    case 'recover': {
      await emptyPlace(run, seen);
      const input = { target: { kind: 'latest' }, rebuildStandbys: false };
      const end = await of(`Recover database ${database.name} from its backups`, 'pointInTimeRecovery', input);
      done.lossMs = lossOf(end);
      const why = whyNot(end);
      if (why !== undefined) await reachable(run, system, seen, why);
      return undefined;
    }
  }
}

/** The last resort: a person brings it back by what means there are, and the run goes on from there. */
async function reachable(run: Run, { site, on }: System, { survey }: SeenDatabase, why?: string): Promise<void> {
  const { database } = survey.at;
  await run.probe(`Ask ${database.name} as its clients do`, async () => {
    const answer = await on.urgent.askDependency({ site, on: { database } });
    if (!answer.healthy)
      throw drFailure(
        'DR-DATABASE-DOWN',
        [`clients do not reach ${database.name}: ${answer.says}`, why ?? []].flat().join('; '),
      );
    return answer;
  });
}

/** A standby that was killed with everything else has to answer before it can be promoted. */
async function startStandbys(run: Run, { cluster, survey }: SeenDatabase, valid: Approval): Promise<void> {
  const silent = survey.standbys.filter((one) => !one.answered && one.engineAnswered);
  for (const { service, site } of silent) {
    const at = cluster.plan.sites.find((one) => one.name === site);
    if (!at) continue;
    const on = siteActivities(site);
    await run.optional(`Start ${service}, which has the data`, async () => {
      const { database } = cluster.home;
      return on.brief.wakeStandby({ database, site: at, service, approval: valid.reference });
    });
  }
}

/** A server whose container is gone does not say which image it had: one is made of the Compose file, and not started. */
async function emptyPlace(run: Run, { survey, cluster }: SeenDatabase): Promise<void> {
  const { primary, at } = survey;
  if (primary.container) return;
  const { database } = cluster.home;
  await run.change(
    'Make a container for what is restored',
    () => siteActivities(at.site.name).brief.createServer({ database, site: at.site, service: primary.service }),
    { outcome: ({ containerId }) => `container ${containerId.slice(0, 12)}, not started` },
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
    const served = await run.change<{ keys: number; afterMs: number } | string>(
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
        lossMs: 0,
      };
    why = served;
  }
  const end = await recoverWith(run, system, {
    title: `Restore ${name} from its backup`,
    procedure: 'restoreRedis',
    resource,
    input: { store: name, ...(system.input.disasterAt === undefined ? {} : { disasterAt: system.input.disasterAt }) },
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
