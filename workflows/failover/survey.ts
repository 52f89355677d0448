/** Phase 1: who is primary, how every server of the database is, and what was last known of the primary. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Database } from '../../plan';
import type { PrimarySample, ServerFacts } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
import type { FailoverInput } from '../contracts/failover';
import { withPrimary, type Member } from '../contracts/members';
import type { DatabaseAt } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from './context';

export interface Survey {
  /** The database with the roles as they are, at the site of its primary. */
  at: DatabaseAt;
  primary: ServerFacts;
  standbys: ServerFacts[];
  sample?: PrimarySample;
}

/**
 * A primary that others have watched in vain for rounds is not waited for again, a moment later. Its standby is: much depends on
 * its word.
 */
const watchedPatienceMs = 150;

/** `look` as a step of the run. */
export async function survey(run: Run, cluster: Cluster, input: FailoverInput): Promise<Survey> {
  return run.probe('Look at every server', () => look(cluster, input), describe);
}

/** All at once: who is primary is in the pooler's file, and every member is asked whatever its role. */
export async function look(cluster: Cluster, input: Pick<FailoverInput, 'sample' | 'sighting'>): Promise<Survey> {
  const { home } = cluster;
  const inVain = input.sighting?.verdict === 'frozen' || input.sighting?.verdict === 'unreachable';
  const watched = inVain ? input.sample?.service : undefined;
  const [roles, kept, ...servers] = await Promise.all([
    beside({ site: home.site.name }).urgent.readRoles(home),
    input.sample ?? beside({ site: home.site.name }).urgent.lastSample(home),
    ...cluster.members.map((member) =>
      surveyMember(cluster, member, member.service === watched ? watchedPatienceMs : undefined),
    ),
  ]);
  const database = withPrimary(home.database, roles.primary) as Database;
  const of = (service: string): ServerFacts => servers.find((one) => one.service === service) as ServerFacts;
  const sample = kept?.service === roles.primary ? kept : undefined;
  return {
    at: { database, site: siteOf(cluster, database) },
    primary: of(roles.primary),
    standbys: database.standbys.map((one) => of(one.service)),
    ...(sample ? { sample } : {}),
  };
}

/** A site whose worker is away is a server that does not answer. */
async function surveyMember(cluster: Cluster, member: Member, patienceMs: number | undefined): Promise<ServerFacts> {
  const { database } = cluster.home;
  const site = siteOf(cluster, member);
  const asked = { database, site, service: member.service, ...(patienceMs === undefined ? {} : { patienceMs }) };
  try {
    return await beside(member).urgent.surveyServer(asked);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { ...silentServer, service: member.service, site: member.site, problem: problemOf(error).message };
  }
}

export const silentServer: Omit<ServerFacts, 'service' | 'site'> = {
  answered: false,
  engineAnswered: false,
  systemIdentifier: '',
  inRecovery: false,
  timeline: 0,
  receivedLsn: '0/0',
  replayedLsn: '0/0',
  nextXid: '0',
  replayPaused: false,
  applyDelayMs: 0,
  now: '',
  synchronousStandbyNames: '',
  walSegmentBytes: 0,
};

function describe({ primary, standbys }: Survey): string {
  const words = (one: ServerFacts): string =>
    one.answered
      ? `${one.service} ${one.inRecovery ? `has received ${one.receivedLsn}` : `writes at ${one.receivedLsn}`} on timeline ${one.timeline}`
      : `${one.service} does not answer: ${one.problem ?? 'no reason known'}`;
  return `primary ${words(primary)}; ${standbys.map(words).join('; ') || 'no standby'}`;
}
