/** Phase "Assess": which site serves, whether home can be reached, and what runs there. Nothing is touched. */
import { sleep } from '@temporalio/workflow';
import type { Plan, Site } from '../../plan';
import type { ServerFacts } from '../contracts/cluster';
import { membersOf } from '../contracts/members';
import type { SiteFailbackInput, SiteReach } from '../contracts/site';
import type { ProjectFacts } from '../contracts/system';
import { silentServer } from '../failover/survey';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { answered } from '../site/assess';
import { lookAtStandIn, standInsOf, type StandIn } from '../site/elsewhere';
import { askHolder, type Holder } from '../site/lock';
import { stackOf, wayOf, type WayHome } from './context';
import { objections } from './objections';
import { lookForPromoted, type Promoted } from './promoted';

/** A site that has just come back is stopped by the run that holds its lock: it is waited for that, milliseconds. */
const settleMs = 20_000;
const betweenAsksMs = 1_000;

/** What was found on both sides. */
export interface Found {
  /** Absent: the worker of the site does not answer. */
  reach?: SiteReach;
  /** Absent: home could not be asked. */
  project?: ProjectFacts;
  /** Why home could not be asked. */
  silent: string;
  /** Every server of the database at home. */
  atHome: ServerFacts[];
  /** Every server of another site that could serve. */
  standIns: { standIn: StandIn; facts: ServerFacts }[];
  holder: Holder;
}

export interface Assessed {
  way: WayHome;
  found: Found;
  project: ProjectFacts;
  /** The server that serves; where an earlier run has promoted the one at home, the one that has served. */
  serving: ServerFacts;
  /** Present: the database is at home already, and what comes after it is left to do. */
  promoted?: Promoted;
}

/** Looks at both sides, and refuses with every reason at once. */
export async function assessWay(run: Run, input: SiteFailbackInput, plan: Plan): Promise<Assessed> {
  run.phase('Assess');
  const home = plan.sites.find((one) => one.role === 'primary');
  const [database, ...more] = plan.databases.filter((one) => one.site === home?.name);
  const standIns = standInsOf(plan);
  if (!home || !database || more.length > 0 || standIns.length === 0) return run.refuse([cannot(home, plan)]);
  // First: it may still be stopping what has come back.
  const holder = await run.probe(
    `Ask who has the lock of database ${database.name}`,
    () => settled(database.name),
    (one) => (one.by === 'hold' ? `it is held for site ${one.site}` : one.by === 'nobody' ? 'nobody' : 'another run'),
  );
  const found = await look(run, plan, home, database, standIns, holder);
  const earlier = await lookForPromoted(run, input, plan, found);
  const against = objections(home.name, database.name, found, earlier !== undefined);
  const [serving] = found.standIns.filter(({ facts }) => facts.answered && !facts.inRecovery);
  const { project } = found;
  if (against.length === 0 && earlier && project) return { ...earlier, found, project };
  if (against.length > 0 || !serving || !project)
    return run.refuse(
      against.map((message) => ({
        code: 'DR-SITE',
        message,
        next: 'Nothing was touched. Mend what is named, then start again.',
      })),
    );
  return { way: wayOf(run, input, plan, serving.standIn), found, project, serving: serving.facts };
}

function cannot(home: Site | undefined, plan: Plan) {
  const databases = plan.databases.filter((one) => one.site === home?.name).map((one) => one.name);
  const message =
    databases.length === 1
      ? 'no site of the plan can take over from the primary one, so none can be the one that serves'
      : `the primary site has ${databases.length} databases (${databases.join(', ')}): this run brings exactly one home`;
  return { code: 'DR-SITE', message, next: 'Nothing was touched. `dr plan show` lists the sites and their databases.' };
}

async function settled(database: string): Promise<Holder> {
  const end = Date.now() + settleMs;
  for (;;) {
    const holder = await askHolder(database);
    if (holder.by !== 'hold' || holder.settled || Date.now() >= end) return holder;
    await sleep(betweenAsksMs);
  }
}

async function look(
  run: Run,
  plan: Plan,
  home: Site,
  database: Plan['databases'][number],
  standIns: StandIn[],
  holder: Holder,
): Promise<Found> {
  const on = siteActivities(home.name);
  const { services, stores, poolers, gateway } = stackOf(plan);
  let silent = '';
  const told = (why: string): void => void (silent = why);
  const [reach, project, atHome, others] = await Promise.all([
    run.probe(
      `Look at site ${home.name}`,
      () => answered(() => on.glance.reachSite({ site: home, gateway: plan.gateway, page: '/' }), told),
      (seen) => seen?.engine.says ?? `not reachable: ${silent}`,
    ),
    run.probe(`Look at every service of site ${home.name}`, () =>
      answered(() =>
        on.urgent.inspectProject({
          site: home,
          services: [...services, ...stores, ...poolers, gateway],
          health: [],
        }),
      ),
    ),
    run.probe(
      `Look at the servers of ${database.name} at site ${home.name}`,
      () => lookAtHome(home, database),
      (all) => all.map(inWords).join('; '),
    ),
    run.probe(
      `Look at the servers of ${database.name} elsewhere`,
      () =>
        Promise.all(
          standIns.map(async (standIn) => {
            const { database: there, site } = standIn;
            let why = '';
            const facts = await lookAtStandIn(standIn, (message) => (why = message));
            const none = { ...silentServer, service: there.service, site: site.name, problem: why };
            return { standIn, facts: facts ?? none };
          }),
        ),
      (all) => all.map(({ facts }) => inWords(facts)).join('; '),
    ),
  ]);
  return {
    ...(reach ? { reach } : {}),
    ...(project ? { project } : {}),
    silent,
    atHome,
    standIns: others,
    holder,
  };
}

/** Every server of the plan at home; who is primary there does not matter any more. */
function lookAtHome(home: Site, database: Plan['databases'][number]): Promise<ServerFacts[]> {
  return Promise.all(
    membersOf(database)
      .filter((one) => one.site === home.name)
      .map(async ({ service }) => {
        let why = '';
        const facts = await answered(
          () => siteActivities(home.name).urgent.surveyServer({ database, site: home, service }),
          (message) => (why = message),
        );
        return facts ?? { ...silentServer, service, site: home.name, problem: why };
      }),
  );
}

const inWords = (one: ServerFacts): string =>
  one.answered
    ? `${one.service} ${one.inRecovery ? 'is in recovery' : 'takes writes'} on timeline ${one.timeline}`
    : `${one.service} does not answer: ${one.problem ?? 'no reason known'}`;
