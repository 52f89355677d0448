/** One database, from the gentlest way that can work to the last one; after each way that did not help it is looked at anew. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { databaseResource } from '../contracts/names';
import { siteOf } from '../failover/context';
import type { ChildEnd } from '../kernel/child';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { askDatabase, type SeenDatabase } from './assess';
import { endedByPerson, lossOf, recoverWith, whyNot } from './child';
import type { System } from './context';
import type { Recovered } from './data';
import { afterRestart, type Path } from './data-path';

/** @returns what became of it; a person may have brought it back by other means while the run was held */
export async function recoverDatabase(
  run: Run,
  system: System,
  first: SeenDatabase,
  valid: Approval,
): Promise<Recovered> {
  const { name } = first.cluster.home.database;
  const done: Recovered = { resource: databaseResource(name), ways: [], because: [], lossMs: 0 };
  let seen = first;
  let way = first.way;
  for (;;) {
    done.ways.push(way.path);
    done.because.push(...way.because);
    const end = await takeWay(run, system, seen, way, done, valid);
    if (end === undefined) return done;
    const why = whyNot(end);
    const restarted = 'report' in end && end.report.result['needed'] === false;
    if (why === undefined && !restarted) return done;
    // Others may have been at work on it, and it may be another picture by now.
    seen = await askDatabase(run, system, name);
    if (seen.way.path === 'intact') return done;
    if (seen.way.path === 'pooler') way = seen.way;
    else if (why !== undefined && endedByPerson(end)) return held(run, system, seen, done, why);
    else way = nextWay(seen, way, why ?? 'it served for a moment');
    run.note(`${done.resource}: ${way.path}, because ${way.because.join('; ')}`);
  }
}

/** A restart that did not help is not tried twice, and neither is a promotion. */
function nextWay(seen: SeenDatabase, { path }: Path, why: string): Path {
  if (path === 'restart') return afterRestart(seen.picture, why);
  if (path === 'failover') return { path: 'recover', because: [`no standby was promoted: ${why}`] };
  return { path: 'unreachable', because: [why] };
}

/** @returns how the run ended that was started for it; undefined: the way was gone to its end here */
async function takeWay(
  run: Run,
  system: System,
  seen: SeenDatabase,
  { path, because }: Path,
  done: Recovered,
  valid: Approval,
): Promise<ChildEnd | undefined> {
  const { database } = seen.survey.at;
  const { disasterAt } = system.input;
  const of = (title: string, procedure: string, input: Record<string, unknown>): Promise<ChildEnd> =>
    recoverWith(run, system, {
      title,
      procedure,
      resource: done.resource,
      input: { database: database.name, ...input },
    });
  switch (path) {
    case 'intact':
      return undefined;
    case 'unreachable':
      await held(run, system, seen, done, because.join('; '));
      return undefined;
    case 'pooler':
      await mendPooler(run, system, seen, valid);
      return undefined;
    case 'restart': {
      const recreate = !seen.survey.primary.container;
      return of(`Restart database ${database.name}`, 'databaseRestart', { recreate, orGiveUp: true });
    }
    case 'failover': {
      // What is lost is lost since the disaster, not since somebody began to promote.
      const since = disasterAt ?? new Date(system.began).toISOString();
      const input = { wake: true, disasterAt: since };
      const end = await of(`Continue database ${database.name} on a standby`, 'databaseFailover', input);
      done.lossMs = lossOf(end);
      return end;
    }
    case 'recover': {
      await emptyPlace(run, seen);
      const known = disasterAt === undefined ? {} : { disasterAt };
      const input = { target: { kind: 'latest' }, rebuildStandbys: false, ...known };
      const end = await of(`Recover database ${database.name} from its backups`, 'pointInTimeRecovery', input);
      done.lossMs = lossOf(end);
      return end;
    }
  }
}

/** The pooler is started, and made anew where that does not help; each try of the step does it again. */
async function mendPooler(run: Run, { site, on }: System, { survey }: SeenDatabase, valid: Approval): Promise<void> {
  const { database } = survey.at;
  const { service } = database.pooler;
  const approval = valid.reference;
  await run.change(
    `Mend the pooler ${service}`,
    async () => {
      const [started] = await on.brief.startServices({ site, services: [service], approval });
      const first = await on.urgent.askDependency({ site, on: { database } });
      if (first.healthy) return started?.how ?? 'ran';
      const containerId = started?.containerId ?? '';
      await on.brief.recreateService({ site, service: { name: service }, containerId, approval });
      const answer = await on.urgent.askDependency({ site, on: { database } });
      if (!answer.healthy)
        throw drFailure('DR-POOLER', `clients do not reach ${database.name} through ${service}: ${answer.says}`);
      return 'made anew';
    },
    { outcome: (how) => how },
  );
}

/** The last resort: a person brings it back by what means there are, and the run goes on from there. What is lost nobody knows. */
async function held(
  run: Run,
  { site, on }: System,
  { survey }: SeenDatabase,
  done: Recovered,
  why: string,
): Promise<Recovered> {
  const { database } = survey.at;
  done.lossMs = null;
  await run.probe(`Ask ${database.name} as its clients do`, async () => {
    const answer = await on.urgent.askDependency({ site, on: { database } });
    if (!answer.healthy)
      throw drFailure('DR-DATABASE-DOWN', `clients do not reach ${database.name}: ${answer.says}; ${why}`);
    return answer;
  });
  return done;
}

/** A server whose container is gone does not say which image it had: one is made of the Compose file, and not started. */
async function emptyPlace(run: Run, { survey, cluster }: SeenDatabase): Promise<void> {
  const { primary } = survey;
  if (primary.container) return;
  const site = siteOf(cluster, primary);
  const { database } = cluster.home;
  await run.change(
    'Make a container for what is restored',
    () => siteActivities(site.name).brief.createServer({ database, site, service: primary.service }),
    { outcome: ({ containerId }) => `container ${containerId.slice(0, 12)}, not started` },
  );
}
