/** Phase 4: the standby becomes the primary and the clients are sent to it. From here there is no way back. */
import { CancellationScope } from '@temporalio/workflow';
import type { Database } from '../../plan';
import type { Approval } from '../contracts/approval';
import type { PromotedStandby } from '../contracts/cluster';
import { withPrimary } from '../contracts/members';
import type { ClientWrite, DatabaseAt } from '../contracts/recovery';
import { duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from './context';

/** How long the first write through the client path is tried before the step fails. */
const clientWriteDeadlineMs = 15_000;

export interface Candidate {
  service: string;
  timeline: number;
  systemIdentifier: string;
  /** WAL it must have received before it may be promoted. */
  minReceivedLsn?: string;
}

export interface Opened {
  /** The database with its new primary. */
  at: DatabaseAt;
  promoted: PromotedStandby;
  write: ClientWrite;
}

/** The database as it is once a member is its primary. */
export function rolesWith(cluster: Cluster, service: string): DatabaseAt {
  const database = withPrimary(cluster.home.database, service) as Database;
  return { database, site: siteOf(cluster, database) };
}

/**
 * Promotes, sends the clients there, and proves it by a write of their kind. Used by failover and switchover alike.
 * @param proveAgain the fence, looked at once more at the last moment: a step that was held may come back hours later
 */
export async function promoteAndOpen(
  run: Run,
  cluster: Cluster,
  candidate: Candidate,
  approval: Approval,
  proveAgain?: () => Promise<unknown>,
): Promise<Opened> {
  const { service, timeline, systemIdentifier, minReceivedLsn } = candidate;
  const at = rolesWith(cluster, service);
  const home = beside({ site: cluster.home.site.name });
  let first = true;
  const promoted = await run.change(
    `Promote ${service}`,
    // A cancel or an abort must not leave it open whether there is a new primary: the way back would start the old one.
    () =>
      CancellationScope.nonCancellable(async () => {
        if (!first) await proveAgain?.();
        first = false;
        return beside({ site: at.site.name }).irreversible.promoteStandby({
          database: at.database,
          site: at.site,
          service,
          systemIdentifier,
          formerTimeline: timeline,
          ...(minReceivedLsn === undefined ? {} : { minReceivedLsn }),
          approval: approval.reference,
        });
      }),
    {
      outcome: (value) =>
        `timeline ${value.timeline}, left timeline ${value.formerTimeline} at ${value.forkLsn}, in ${duration(value.durationMs)}; it takes writes`,
    },
  );
  run.pointOfNoReturn(`${service} is the primary on timeline ${promoted.timeline}`);
  const sendThere = (): Promise<{ from: string; to: string }> =>
    home.brief.repointClients({ ...cluster.home, host: service });
  await run.change(`Send the clients to ${service}`, sendThere, {
    // Not a way back but the way forward: a run that ends here must not leave the clients waiting for a server that is gone.
    undo: {
      title: `Send the clients to ${service} and let them in`,
      act: async () => {
        await sendThere();
        await home.brief.resumeClients(cluster.home);
      },
    },
    outcome: (value) => `${value.from} → ${value.to}`,
  });
  await run.change('Let the clients in', () => home.brief.resumeClients(cluster.home));
  const write = await run.probe(
    'Write through the client path',
    () =>
      home.probe.clientWrite({
        ...cluster.home,
        expect: { systemIdentifier, timeline: promoted.timeline },
        deadlineMs: clientWriteDeadlineMs,
      }),
    (value) => `committed and read back on timeline ${value.timeline} after ${duration(value.durationMs)}`,
  );
  return { at, promoted, write };
}
