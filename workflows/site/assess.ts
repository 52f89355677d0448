/** Phase "Assess": both sites at once, each question bounded to about a second. A site that says nothing is an answer. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Database } from '../../plan';
import type { ServerFacts } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
import { withPrimary } from '../contracts/members';
import type { SiteReach, UpstreamReach } from '../contracts/site';
import type { ProjectFacts } from '../contracts/system';
import { choose } from '../failover/candidates';
import { siteOf } from '../failover/context';
import type { FailoverFacts } from '../failover/decide';
import { silentServer } from '../failover/survey';
import type { Run } from '../kernel/run';
import type { MovedDatabase, Move } from './context';
import { estimateSiteLoss } from './loss';
import { judgeSite, leftBehind, type SiteLoss } from './picture';

/** A server of a lost site is not waited for as one of a site that works, milliseconds. */
const patienceMs = 1_000;
/** Without the server that would be promoted the run is refused: a busy machine is no reason for that. Milliseconds. */
const standInPatienceMs = 5_000;

export interface SeenMove {
  database: MovedDatabase;
  /** As a failover of the database knows them: the primary at home, and the server that would be promoted. */
  facts: FailoverFacts;
  across: UpstreamReach;
  /** It takes writes at the other site already, on no older timeline than home: an earlier run has promoted it. */
  promoted: boolean;
}

export interface SiteAssessment {
  /** Absent: the worker of the site does not answer. */
  reach?: SiteReach;
  /** The project of the site that takes over. */
  project: ProjectFacts;
  databases: SeenMove[];
  loss: SiteLoss;
}

/** Looks at both sites. Nothing is touched, and nothing that a lost site does not say holds the run. */
export async function assessSites(run: Run, move: Move): Promise<SiteAssessment> {
  const { plan, home, onHome, system } = move;
  run.phase('Assess');
  let silent = '';
  const [reach, project, databases] = await Promise.all([
    run.probe(
      `Look at site ${home.name}`,
      () =>
        answered(
          () => onHome.glance.reachSite({ site: home, gateway: plan.gateway, page: pageOf(move) }),
          (why) => (silent = why),
        ),
      (seen) => (seen ? `${seen.engine.says}; its gateway: ${seen.client.says}` : `not reachable: ${silent}`),
    ),
    run.probe(
      `Look at site ${system.site.name}`,
      () => system.on.urgent.inspectProject({ site: system.site, services: servicesOf(move), health: [] }),
      ({ services }) =>
        `${services.filter((one) => one.state === 'running').length} of ${services.length} containers run, ${services.filter((one) => one.state === 'none').length} are not made`,
    ),
    Promise.all(move.databases.map((one) => askBoth(run, move, one))),
  ]);
  const loss = judgeSite(reach, databases.map(fromBoth), silent);
  run.facts('What was found', [
    { label: `Loss of site ${home.name}`, value: loss.loss },
    ...loss.because.map((value) => ({ label: 'Seen', value })),
    ...databases.map(({ database, facts }) => ({ label: `Loss of ${database.name}`, value: facts.loss.basis })),
  ]);
  return { ...(reach ? { reach } : {}), project, databases, loss };
}

/** For the picture. */
export const fromBoth = ({ facts, across }: SeenMove): Parameters<typeof judgeSite>[1][number] => ({
  primary: facts.survey.primary,
  standIn: facts.chosen,
  across,
});

/** Compose services that the site needs to serve, but for the servers of its databases. */
export const servicesOf = ({ system: { plan } }: Move): string[] => [
  ...new Set([
    ...plan.services.map((one) => one.name),
    ...plan.stores.map((one) => one.service),
    ...plan.databases.map((one) => one.pooler.service),
    plan.gateway.service,
  ]),
];

/** The first page of the critical services: what a client would miss first. */
const pageOf = ({ system: { order, plan } }: Move): string =>
  [...order.critical.flat(), ...plan.services].find((one) => one.businessPage !== undefined)?.businessPage ?? '/';

async function askBoth(run: Run, move: Move, moved: MovedDatabase): Promise<SeenMove> {
  const { home: cluster, away, name, service } = moved;
  const { database } = cluster.home;
  const { onHome, home, system } = move;
  return run.probe(
    `Look at every server of ${name}`,
    async () => {
      const roles = answered(() => onHome.glance.readRoles(cluster.home));
      const sample = answered(() => onHome.glance.lastSample(cluster.home)).then(
        (kept) => kept ?? answered(() => system.on.glance.lastSample(cluster.home)),
      );
      const at = { database: away.home.database, site: system.site, service };
      const [standIn, across, kept, known, ...servers] = await Promise.all([
        system.on.urgent.surveyServer({ ...at, patienceMs: standInPatienceMs }),
        system.on.urgent.reachUpstream(at),
        sample,
        roles,
        ...cluster.members
          .filter((one) => one.site === home.name)
          .map((one) => lookAt(cluster.home.database, move, one.service)),
      ]);
      // Where nobody can say who is primary it is who the plan names: nothing else can be fenced.
      const primary = known?.primary ?? database.service;
      const present = (withPrimary(database, primary) ?? database) as Database;
      const of = (wanted: string): ServerFacts =>
        servers.find((one) => one.service === wanted) ?? { ...silentServer, service: wanted, site: home.name };
      const old = of(present.service);
      const last = kept?.service === present.service ? kept : undefined;
      const living = old.answered || across.answers;
      const lostBy = living ? new Date().toISOString() : (move.input.disasterAt ?? cluster.began);
      const facts: FailoverFacts = {
        survey: {
          at: { database: present, site: siteOf(cluster, present) },
          primary: old,
          standbys: present.standbys.filter((one) => one.site === home.name).map((one) => of(one.service)),
          ...(last ? { sample: last } : {}),
        },
        chosen: standIn,
        loss: estimateSiteLoss(last, standIn, lostBy),
      };
      const promoted = standIn.answered && !standIn.inRecovery && leftBehind(facts) === undefined;
      return { database: moved, across, promoted, facts };
    },
    ({ facts: { survey, chosen }, across }) =>
      `${survey.primary.service} ${survey.primary.answered ? 'answers' : 'does not answer'}; ${chosen.service} has received ${chosen.receivedLsn} on timeline ${chosen.timeline}; ${across.says}`,
  );
}

/** A site whose worker is away is a server that does not answer. */
async function lookAt(database: Database, { home, onHome }: Move, service: string): Promise<ServerFacts> {
  let why = '';
  const seen = await answered(
    () => onHome.glance.surveyServer({ database, site: home, service, patienceMs }),
    (message) => (why = message),
  );
  return seen ?? { ...silentServer, service, site: home.name, problem: why };
}

/** What a site does not say is no failure of the run. */
export async function answered<T>(act: () => Promise<T>, told?: (why: string) => void): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    told?.(problemOf(error).message);
    return undefined;
  }
}

/**
 * The primary at home went on to another timeline than the stand-in follows: then its WAL to the end is not on that one, and a
 * salvage that ends well there would say that nothing is lost. @returns the sentence; undefined: they do not differ, as far as known
 */
export function otherTimeline({ survey: { primary, sample }, chosen }: FailoverFacts): string | undefined {
  const known = primary.answered ? primary : sample;
  if (!known || known.timeline === chosen.timeline) return undefined;
  return `${primary.service} was on timeline ${known.timeline}, ${chosen.service} is on ${chosen.timeline}: what was written since they parted cannot be taken over`;
}

/** Why the site cannot take over now; empty: it can. */
export function objections({ system }: Move, { project, databases, loss }: SiteAssessment): string[] {
  const broken = databases.flatMap(({ database, promoted, facts }) => {
    const { chosen, survey } = facts;
    if (!chosen.answered)
      return [
        `${chosen.service}, which holds ${database.name} at site ${system.site.name}, does not answer: ${chosen.problem ?? 'no reason known'}`,
      ];
    if (promoted) return [];
    const behind = leftBehind(facts);
    if (behind !== undefined) return [behind];
    // How old its data is, a person reads on the card; what would keep it from being a primary is no matter of taste.
    const known = survey.primary.answered ? survey.primary : survey.sample;
    const wanted = known ? { systemIdentifier: known.systemIdentifier } : {};
    const { refusals } = choose([chosen], { ...wanted, maxSilenceMs: 0, named: chosen.service });
    return refusals.map((one) => one.message);
  });
  const elsewhere = databases.some((one) => one.promoted);
  return [
    ...(loss.loss === 'nothing' && !elsewhere
      ? [
          `nothing is lost: the site serves its clients, and ${databases.map(({ facts }) => facts.chosen.service).join(', ')} follows`,
        ]
      : []),
    ...broken,
    ...(project.problem === undefined
      ? []
      : [`Compose cannot read the project of site ${system.site.name}: ${project.problem}`]),
  ];
}
