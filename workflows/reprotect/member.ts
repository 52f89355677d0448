/** One server is made a standby: the quickest way that is right for what its data is. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Divergence } from '../../activities/postgres';
import type { ServerFacts } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
import type { ReprotectInput } from '../contracts/failover';
import type { Member } from '../contracts/members';
import type { ApprovalReference } from '../contracts/approval';
import { databaseResource } from '../contracts/names';

import { count, duration, known } from '../contracts/words';
import { gatePolicy } from '../kernel/gate-policy';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from '../failover/context';
import type { Survey } from '../failover/survey';

export interface Reprotected {
  service: string;
  /** `followed`: nothing had to be taken back. `rewound`: commits the primary does not have were. `copied`: anew. */
  how: 'followed' | 'rewound' | 'copied';
  durationMs: number;
}

const stopTimeoutMs = 10_000;
/** A standby that only has to be started again follows within this time, or has to be rebuilt. */
const startDeadlineMs = 20_000;

/**
 * Makes one server a standby of the present primary, with an approval where its data is overwritten.
 * @param seen the server as it was surveyed
 */
export async function reprotectMember(
  run: Run,
  cluster: Cluster,
  input: ReprotectInput,
  survey: Survey,
  seen: ServerFacts,
): Promise<Reprotected> {
  const member = cluster.members.find((one) => one.service === seen.service) as Member;
  const site = siteOf(cluster, member);
  const on = beside(member);
  const facts = seen.container ? seen : await containerAgain(run, cluster, member);
  const primary = survey.at;
  const at = { database: primary.database, site, service: member.service };
  // As a server of its own, for activities that work on "the database's server".
  const asServer = { database: { ...primary.database, ...member }, site };

  let latest: Divergence | undefined;
  const measured = async (): Promise<Divergence> => {
    const streams = facts.answered && facts.inRecovery && facts.timeline === survey.primary.timeline;
    latest = streams
      ? { timeline: facts.timeline, commits: 0, examples: [] }
      : await on.probe.measureDivergence({ ...at, primary });
    return latest;
  };
  const approval = await run.gate('rebuild', {
    policy: gatePolicy(cluster.plan, 'reprotect.rebuild', input, 4 * 3_600_000),
    freshMs: 5_000,
    measure: measured,
    drifted: (before, now) =>
      before.commits === now.commits
        ? undefined
        : `${member.service} held ${known(before.commits, count)} commits of its own, now ${known(now.commits, count)}`,
    answer: (divergence) =>
      divergence.commits === 0
        ? `policy: ${member.service} holds no commit that ${survey.primary.service} has not`
        : undefined,
    card: (divergence) => ({
      title: `Make ${member.service} a standby of ${survey.primary.service}`,
      will: [
        `Stop ${member.service} if it runs.`,
        input.fresh
          ? 'Copy the whole database into a new volume; the old one is kept.'
          : 'Take back what the primary does not have (pg_rewind); where that fails, copy the whole database into a new volume.',
        'Start it and prove that it follows.',
      ],
      loss: [{ label: `Commits that only ${member.service} has`, value: known(divergence.commits, count) }],
      facts: [
        {
          label: 'Its timeline',
          value: divergence.empty
            ? 'none: its volume holds no cluster'
            : `${divergence.timeline}, left by the primary at ${divergence.forkLsn ?? 'no place: the same timeline'}`,
        },
        ...divergence.examples.map((value) => ({ label: 'Such as', value })),
      ],
      tables: [],
      warnings: [
        input.fresh
          ? 'The old volume is kept, with those commits in it, until its window closes.'
          : 'A rewind takes those commits away for good. To keep them, reject, and start again with a fresh copy: the old volume then stays.',
      ],
    }),
  });

  return run.irreversible(`Make ${member.service} a standby`, approval, async (valid) => {
    const yes = valid.reference;
    // A standby of the primary's own timeline holds nothing that the primary has not, and only has to be started. It is never
    // rewound: pg_rewind would end its recovery first, and so make it a server with a history of its own.
    const follower = latest?.commits === 0 && latest.timeline === survey.primary.timeline;
    if (!input.fresh && follower) {
      const started = await run.change(
        `Start ${member.service} again`,
        () => tryTo(() => on.change.startStandby({ ...at, primary, deadlineMs: startDeadlineMs, approval: yes })),
        { outcome: describeStart },
      );
      if (!('failed' in started)) return { service: member.service, how: 'followed', durationMs: started.durationMs };
    }
    await run.change(`Stop ${member.service}`, () =>
      on.brief.haltServer({ ...asServer, containerId: facts.container?.id ?? '', stopTimeoutMs, approval: yes }),
    );
    const empty = latest?.empty === true;
    if (!input.fresh && !follower && !empty && facts.container?.dataVolume) {
      const rewound = await run.change(
        `Take back what only ${member.service} has`,
        () => tryTo(() => on.change.rewindStandby({ ...at, primary, approval: yes })),
        {
          outcome: (value) =>
            'failed' in value ? `NOT POSSIBLE: ${value.failed}` : `${value.how} in ${duration(value.durationMs)}`,
        },
      );
      if (!('failed' in rewound)) {
        const started = await run.change(
          `Start ${member.service} as a standby`,
          () => tryTo(() => on.change.startStandby({ ...at, primary, approval: yes })),
          { outcome: describeStart },
        );
        if (!('failed' in started))
          return { service: member.service, how: rewound.how, durationMs: rewound.durationMs + started.durationMs };
      }
    }
    return copyAnew(run, cluster, survey, member, yes, !empty);
  });
}

/** A container that somebody removed is made again and not started: only then can its data be looked at and rewound. */
async function containerAgain(run: Run, cluster: Cluster, member: Member): Promise<ServerFacts> {
  const on = beside(member);
  const at = { database: cluster.home.database, site: siteOf(cluster, member), service: member.service };
  await run.change(`Make the container of ${member.service} again`, () => on.change.createServer(at), {
    outcome: () => 'made, not started',
  });
  return run.probe(`Look at ${member.service}`, () => on.probe.surveyServer(at));
}

const describeStart = (value: { state: string; durationMs: number } | { failed: string }): string =>
  'failed' in value ? `NOT POSSIBLE: ${value.failed}` : `${value.state} after ${duration(value.durationMs)}`;

/** A way that does not work leads to the next one instead of a hold: a copy from nothing always works. */
async function tryTo<T extends object>(act: () => Promise<T>): Promise<T | { failed: string }> {
  try {
    return await act();
  } catch (error) {
    const { code, message } = problemOf(error);
    if (!(error instanceof ActivityFailure) || isCancellation(error) || code !== 'DR-STANDBY') throw error;
    return { failed: message };
  }
}

async function copyAnew(
  run: Run,
  cluster: Cluster,
  survey: Survey,
  member: Member,
  approval: ApprovalReference,
  keepOld: boolean,
): Promise<Reprotected> {
  const on = beside(member);
  const site = siteOf(cluster, member);
  const { database } = survey.at;
  const rebuilt = await run.change(
    `Copy the primary for ${member.service}`,
    () =>
      on.change.rebuildStandby({
        ...survey.at,
        standby: member,
        ...(site.name === survey.at.site.name ? {} : { standbySite: site }),
        key: cluster.key,
        keepOld,
        approval,
      }),
    { outcome: (value) => `${value.state} after ${duration(value.durationMs)}` },
  );
  if (rebuilt.before && keepOld) {
    const volume = rebuilt.before;
    const until = new Date(Date.now() + database.damagedVolumeRetention).toISOString();
    await run.optional(
      'Keep the old volume',
      () =>
        on.brief.recordDamagedVolume({
          site,
          resource: databaseResource(database.name),
          volume,
          until,
          incident: cluster.key,
        }),
      () => `${volume} until ${until}`,
    );
  }
  return { service: member.service, how: 'copied', durationMs: rebuilt.durationMs };
}
