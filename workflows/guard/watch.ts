/** The observers: one per site, each a long activity that ends when something is not as it should be. */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type * as guardActivities from '../../activities/guard';
import type { LookRound, Observation } from '../../activities/guard';
import type { ProbeAnswer, Round } from '../contracts/guard';
import { problemOf } from '../contracts/errors';
import { siteQueue } from '../contracts/names';
import type { DatabaseAt } from '../contracts/recovery';
import { siteOf, type Cluster } from '../failover/context';
import { isolated } from './judge';

/**
 * A watch ended: by what an observer saw, because an observer is gone, because a blind one sees again, or because somebody
 * said something.
 */
export type Watched = { seen: Observation } | { lost: string; why: string } | { sees: string } | { told: true };

export interface Watch {
  at: DatabaseAt;
  known: ProbeAnswer['probe'][];
  peaceMs: number;
  /** Sites whose observer is not listened to until it sees something again. */
  blind: ReadonlySet<string>;
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

// One look. Who does not take it up at once has nothing to say to this round: the others must not wait for a dead worker.
const looker = (site: string): typeof guardActivities =>
  proxyActivities<typeof guardActivities>({
    taskQueue: siteQueue(site),
    startToCloseTimeout: '5 seconds',
    scheduleToStartTimeout: '2 seconds',
    retry: { maximumAttempts: 1 },
  });

/** What every observer needs to know. */
const lookFor = (cluster: Cluster, at: DatabaseAt, site: string): LookRound => ({
  ...at,
  observer: site,
  standbys: at.database.standbys.map((one) => ({ service: one.service, site: siteOf(cluster, one), port: one.port })),
  pooler: site === cluster.home.site.name,
});

/** Watches from every site until the first of them ends its watch; the others are told to stop. */
export async function watch(cluster: Cluster, { at, known, peaceMs, blind, told }: Watch): Promise<Watched> {
  const scope = new CancellationScope();
  try {
    return await scope.run(async () => {
      const observers = cluster.plan.sites.map(async ({ name }): Promise<Watched> => {
        if (blind.has(name)) return seesAgain(cluster, at, name);
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

/** A blind observer is asked again every so often. */
const blindPauseMs = 5_000;

/** Waits until the observer of a site reaches anything at all. */
async function seesAgain(cluster: Cluster, at: DatabaseAt, site: string): Promise<Watched> {
  for (;;) {
    await sleep(blindPauseMs);
    const round = await ask(cluster, at, site);
    if (round && !isolated(round)) return { sees: site };
  }
}

/** One round of one site; a site whose worker is away has nothing to say. */
async function ask(cluster: Cluster, at: DatabaseAt, site: string): Promise<Round | undefined> {
  try {
    return await looker(site).lookRound(lookFor(cluster, at, site));
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return undefined;
  }
}

/** One round of every site at once, without those that are known to see nothing. */
export async function askAll(
  cluster: Cluster,
  at: DatabaseAt,
  blind: ReadonlySet<string> = new Set(),
): Promise<Round[]> {
  const sites = cluster.plan.sites.filter(({ name }) => !blind.has(name));
  const rounds = await Promise.all(sites.map(({ name }) => ask(cluster, at, name)));
  return rounds.filter((one) => one !== undefined);
}
