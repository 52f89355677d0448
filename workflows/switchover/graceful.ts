/** The planned way: clients held, the old primary shut down in order, its last record proven on the standby, roles swapped. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { HeldArchiving } from '../../activities/postgres';
import type { Approval, ApprovalReference } from '../contracts/approval';
import type { ServerFacts } from '../contracts/cluster';
import { problemOf } from '../contracts/errors';
import type { DatabaseAt } from '../contracts/recovery';
import type { Problem } from '../contracts/run-view';
import { duration } from '../contracts/words';
import { formatLsn, lsnBytes } from '../contracts/wal';
import type { Run } from '../kernel/run';
import { beside, siteOf, type Cluster } from '../failover/context';
import { promoteAndOpen, type Opened } from '../failover/promote';
import { demandStandby } from '../failover/still-standby';
import type { Survey } from '../failover/survey';
import { NotGraceful } from './not-graceful';

/** Of the time that clients may be held, the share that open transactions may take to end. */
const drainShare = 0.5;

export interface Moved extends Opened {
  /** How long clients were held. */
  stallMs: number;
  archiving: HeldArchiving;
}

/**
 * Moves the primary in order, while clients wait.
 * @param stallBudgetMs longest time they may wait, milliseconds
 * @param door the pooler at which they wait, where it is not the one that they are let in by afterwards
 * @throws NotGraceful when a step fails or the budget is spent: nothing was promoted, and the caller undoes the rest
 */
export async function graceful(
  run: Run,
  cluster: Cluster,
  survey: Survey,
  chosen: ServerFacts,
  approval: Approval,
  stallBudgetMs: number,
  door: DatabaseAt = cluster.home,
): Promise<Moved> {
  const { at, primary } = survey;
  const yes = approval.reference;
  const old = beside({ site: at.site.name });
  const pooler = beside({ site: door.site.name });
  const containerId = primary.container?.id ?? '';
  const volume = primary.container?.dataVolume ?? '';
  const member = cluster.members.find((one) => one.service === chosen.service) ?? at.database;
  const reader = { site: siteOf(cluster, member), container: chosen.container?.id ?? '' };

  let archiving: HeldArchiving | undefined;
  let dead = false;
  /** What cannot be put back on a server that does not run any more is said, not waited for: what comes next is a failover. */
  const putBack = async (left: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!dead || !(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      run.note(`${primary.service} ${left}: ${problemOf(error).message}`);
    }
  };
  await Promise.all([
    run.change(
      'Leave the last segments to the successor',
      async () => (archiving = await graceless(() => old.brief.holdArchiving({ ...at, approval: yes }))),
      {
        undo: {
          title: 'Let the old primary archive again',
          act: () =>
            putBack(`does not archive when it runs again, until archive_command is set back`, async () =>
              // A step that did not report may have taken it away all the same.
              archiving?.held === false
                ? undefined
                : old.brief.releaseArchiving({ ...at, before: archiving?.before ?? null, approval: yes }),
            ),
        },
        outcome: (value) =>
          value.held ? 'it does not wait for its archiver' : `${value.waiting} segments wait: it archives them itself`,
      },
    ),
    run.change('Write a checkpoint, so that the stop is short', () => graceless(() => old.brief.checkpoint(at))),
    run.change(
      'Take the restart policy of the old primary away',
      () => graceless(() => old.brief.setRestartPolicy({ ...at, containerId, policy: 'no', approval: yes })),
      {
        undo: {
          title: 'Give the old primary its restart policy back',
          act: () =>
            putBack('has no restart policy', () =>
              old.brief.setRestartPolicy({
                ...at,
                containerId,
                policy: primary.container?.restartPolicy || 'no',
                approval: yes,
              }),
            ),
        },
        outcome: (value) => `${value.from} → ${value.to}`,
      },
    ),
  ]);

  const began = Date.now();
  const left = (): number => stallBudgetMs - (Date.now() - began);
  let pausedBefore = false;
  await run.change(
    'Hold the clients',
    async () => {
      const drainMs = Math.round(stallBudgetMs * drainShare);
      const paused = await graceless(() => pooler.urgent.pauseClients({ ...door, drainMs, cut: false, approval: yes }));
      pausedBefore = paused.alreadyPaused;
      return paused;
    },
    {
      undo: {
        title: 'Let the clients in again',
        act: async () => (pausedBefore ? undefined : pooler.brief.resumeClients({ ...door, approval: yes })),
      },
      outcome: (value) => `drained after ${duration(value.waitedMs)}`,
    },
  );
  const stopped = await run.change(
    'Shut the old primary down in order',
    () =>
      graceless(() =>
        old.urgent.stopInOrder({
          ...at,
          containerId,
          volume,
          reader,
          timeoutMs: Math.max(1_000, left()),
          approval: yes,
        }),
      ),
    {
      undo: {
        title: 'Start the old primary again',
        act: async () => (dead = !(await startAgain(run, cluster, survey, chosen, yes))),
      },
      outcome: (value) => `shut down, last record at ${value.checkpointLsn} on timeline ${value.timeline}`,
    },
  );
  if (left() <= 0) throw new NotGraceful(overBudget(stallBudgetMs));

  const { service, timeline, systemIdentifier, synchronousStandbyNames } = chosen;
  // One byte behind the begin of the shutdown checkpoint: who has received that has received all of it.
  const minReceivedLsn = formatLsn(lsnBytes(stopped.checkpointLsn) + 1);
  const opened = await promoteAndOpen(
    run,
    cluster,
    { service, timeline, systemIdentifier, synchronousStandbyNames, minReceivedLsn },
    approval,
    {
      from: primary.service,
      held: true,
      // The standby has not even begun: the old primary can serve again, and nobody waits for a person to say so.
      refused: (error) =>
        error instanceof ActivityFailure && problemOf(error).code === 'DR-STANDBY'
          ? new NotGraceful(problemOf(error))
          : undefined,
    },
  );
  const stallMs = Date.parse(opened.resumedAt) - began;
  run.note(`clients were held for ${duration(stallMs)}; the budget is ${duration(stallBudgetMs)}`);
  return { ...opened, stallMs, archiving: archiving ?? { held: false, before: null, waiting: 0 } };
}

const overBudget = (budget: number): Problem => ({
  code: 'DR-STALL',
  message: `the clients would have been held for longer than ${duration(budget)}`,
});

/** A step that fails while clients wait does not hold the run: the way back begins at once. */
async function graceless<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    throw new NotGraceful(problemOf(error));
  }
}

/** How long the old primary may take to serve again when a switchover is undone. */
const startDeadlineMs = 30_000;

/**
 * The old primary serves again, unless the standby has been promoted: two primaries are worse than none.
 * @returns false when it does not start
 */
async function startAgain(
  run: Run,
  cluster: Cluster,
  { at, primary }: Survey,
  chosen: ServerFacts,
  approval: ApprovalReference,
): Promise<boolean> {
  const { container } = primary;
  if (!container?.dataVolume) return false;
  if (cluster.promotionBegun !== undefined) await demandStandby(cluster, chosen.service);
  try {
    await beside({ site: at.site.name }).brief.unfenceServer({
      ...at,
      containerId: container.id,
      restartPolicy: 'no',
      wasRunning: container.running,
      networks: container.networks,
      expectVolume: container.dataVolume,
      deadlineMs: startDeadlineMs,
      approval,
    });
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    // The clients are let in all the same; whether to fail over is asked next.
    run.note(`${primary.service} does not start again: ${problemOf(error).message}`);
    return false;
  }
}
