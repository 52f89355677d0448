/** Phase 4: the standby becomes the primary and the clients are sent to it. From here there is no way back. */
import { CancellationScope } from '@temporalio/workflow';
import type { Database } from '../../plan';
import type { Approval } from '../contracts/approval';
import type { PromotedStandby } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
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
  /** What it would wait for at its first commit. */
  synchronousStandbyNames: string;
  /** WAL it must have received before it may be promoted. */
  minReceivedLsn?: string;
}

export interface OpenOptions {
  /** Service the clients were sent to before. */
  from: string;
  /** The clients are held at the pooler. */
  held: boolean;
  /** The fence, looked at once more before a promotion that is tried again: a held step may come back hours later. */
  proveAgain?: () => Promise<unknown>;
  /** What to throw instead of holding the run when the standby was certainly not promoted. */
  refused?: (error: unknown) => Error | undefined;
}

export interface Opened {
  /** The database with its new primary. */
  at: DatabaseAt;
  promoted: PromotedStandby;
  write: ClientWrite;
  /** When the clients had been let in; UTC. */
  resumedAt: string;
  /** What it was done under. */
  approval: Approval;
}

/** The database as it is once a member is its primary. */
export function rolesWith(cluster: Cluster, service: string): DatabaseAt {
  const database = withPrimary(cluster.home.database, service) as Database;
  return { database, site: siteOf(cluster, database) };
}

/**
 * Promotes, sends the clients there, and proves it by a write of their kind. Used by failover and switchover alike.
 */
export async function promoteAndOpen(
  run: Run,
  cluster: Cluster,
  candidate: Candidate,
  approval: Approval,
  options: OpenOptions,
): Promise<Opened> {
  const { service, timeline, systemIdentifier, minReceivedLsn } = candidate;
  const at = rolesWith(cluster, service);
  const home = beside({ site: cluster.home.site.name });
  const promote = (): Promise<PromotedStandby> =>
    beside({ site: at.site.name }).irreversible.promoteStandby({
      database: at.database,
      site: at.site,
      service,
      systemIdentifier,
      formerTimeline: timeline,
      clearSynchronous: candidate.synchronousStandbyNames !== '',
      ...(minReceivedLsn === undefined ? {} : { minReceivedLsn }),
      approval: approval.reference,
    });
  const sendTo = (host: string) => (): Promise<{ from: string; to: string }> =>
    home.brief.repointClients({ ...cluster.home, host, approval: approval.reference });
  // While the clients are held nobody notices where they will go, so that is settled beside the promotion.
  const repoint = (): Promise<unknown> =>
    run.change(`Send the clients to ${service}`, sendTo(service), {
      undo: { title: `Send the clients to ${options.from} again`, act: sendTo(options.from) },
      outcome: (value) => `${value.from} → ${value.to}`,
    });
  const sent = options.held ? repoint() : undefined;
  sent?.catch(() => undefined);
  let first = true;
  const promoted = await run.change(
    `Promote ${service}`,
    // A cancel or an abort must not leave it open whether there is a new primary: the way back would start the old one.
    () =>
      CancellationScope.nonCancellable(async () => {
        if (!first) await options.proveAgain?.();
        first = false;
        cluster.promotionBegun = Date.now();
        return promote().catch((error: unknown) => {
          // Refused before it was told to: then it has not begun.
          if (problemOf(error).code === 'DR-STANDBY') delete cluster.promotionBegun;
          throw options.refused?.(error) ?? error;
        });
      }),
    {
      outcome: (value) =>
        `timeline ${value.timeline}, left timeline ${value.formerTimeline} at ${value.forkLsn}, in ${duration(value.durationMs)}; it takes writes`,
    },
  );
  run.pointOfNoReturn(`${service} is the primary on timeline ${promoted.timeline}`);
  // From here the way back is the way forward: a run that ends must not leave the clients waiting for a server that is gone.
  const letIn = (): Promise<unknown> => home.brief.resumeClients({ ...cluster.home, approval: approval.reference });
  run.undo.push(`Send the clients to ${service} and let them in`, async () => {
    await sendTo(service)();
    await letIn();
  });
  await (sent ?? repoint());
  await run.change('Let the clients in', letIn);
  const resumedAt = new Date().toISOString();
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
  return { at, promoted, write, resumedAt, approval };
}
