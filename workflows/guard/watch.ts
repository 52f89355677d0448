/** The observers: one per site, each a long activity that ends when something is not as it should be. */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type * as guardActivities from '../../activities/guard';
import type { LookRound, Observation } from '../../activities/guard';
import type { ProbeAnswer, Round } from '../contracts/guard';
import { problemOf } from '../contracts/errors';
import { siteQueue } from '../contracts/names';
import type { DatabaseAt } from '../contracts/recovery';
import { beside, siteOf, type Cluster } from '../failover/context';

/** A watch ended: by what an observer saw, because an observer is gone, or because somebody said something. */
export type Watched = { seen: Observation } | { lost: string; why: string } | { told: true };

export interface Watch {
  at: DatabaseAt;
  known: ProbeAnswer['probe'][];
  peaceMs: number;
  /** Becomes true when a person has said something. */
  told: () => boolean;
}

const observer = (site: string): typeof guardActivities =>
  proxyActivities<typeof guardActivities>({
    taskQueue: siteQueue(site),
    startToCloseTimeout: '1 day',
    // An observer that cannot reach Temporal is cut off: that is known in seconds, and is no verdict on the database.
    heartbeatTimeout: '5 seconds',
    scheduleToStartTimeout: '15 seconds',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
  });

/** What every observer needs to know. */
const lookFor = (cluster: Cluster, at: DatabaseAt, site: string): LookRound => ({
  ...at,
  observer: site,
  standbys: at.database.standbys.map((one) => ({ service: one.service, site: siteOf(cluster, one), port: one.port })),
});

/** Watches from every site until the first of them ends its watch; the others are told to stop. */
export async function watch(cluster: Cluster, { at, known, peaceMs, told }: Watch): Promise<Watched> {
  const scope = new CancellationScope();
  try {
    return await scope.run(async () => {
      const observers = cluster.plan.sites.map(async ({ name }): Promise<Watched> => {
        try {
          const args = { ...lookFor(cluster, at, name), beside: name === at.site.name, known, peaceMs };
          return { seen: await observer(name).observeDatabase(args) };
        } catch (error) {
          if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
          return { lost: name, why: problemOf(error).message };
        }
      });
      for (const one of observers) one.catch(() => undefined);
      const word = condition(told).then((): Watched => ({ told: true }));
      word.catch(() => undefined);
      return await Promise.race([...observers, word]);
    });
  } finally {
    scope.cancel();
  }
}

/** One round of every site at once; a site whose worker is away has nothing to say. */
export async function askAll(cluster: Cluster, at: DatabaseAt): Promise<Round[]> {
  const rounds = await Promise.all(
    cluster.plan.sites.map(async ({ name }): Promise<Round | undefined> => {
      try {
        return await beside({ site: name }).urgent.lookRound(lookFor(cluster, at, name));
      } catch (error) {
        if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
        return undefined;
      }
    }),
  );
  return rounds.filter((one) => one !== undefined);
}
