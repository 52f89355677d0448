import type { Duration, RetryPolicy } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type * as composeActivities from '../../activities/compose';
import type * as dockerActivities from '../../activities/docker';
import type * as drillActivities from '../../activities/drill';
import type * as filesActivities from '../../activities/files';
import type * as guardActivities from '../../activities/guard';
import type * as healthActivities from '../../activities/health';
import type * as nginxActivities from '../../activities/nginx';
import type * as pgbackrestActivities from '../../activities/pgbackrest';
import type * as pgbouncerActivities from '../../activities/pgbouncer';
import type * as postgresActivities from '../../activities/postgres';
import type * as redisActivities from '../../activities/redis';
import type * as resourcesActivities from '../../activities/resources';
import type * as wholeSiteActivities from '../../activities/site';
import type * as statusPageActivities from '../../activities/status-page';
import type * as trafficActivities from '../../activities/traffic';
import { siteQueue } from '../contracts/names';

/** Everything a site worker can do. */
export type SiteActivities = typeof postgresActivities &
  typeof pgbackrestActivities &
  typeof pgbouncerActivities &
  typeof dockerActivities &
  typeof composeActivities &
  typeof drillActivities &
  typeof filesActivities &
  typeof guardActivities &
  typeof healthActivities &
  typeof nginxActivities &
  typeof redisActivities &
  typeof resourcesActivities &
  typeof statusPageActivities &
  typeof wholeSiteActivities &
  typeof trafficActivities;

/** The same activities in seven retry classes: which one a step uses says how often it may be tried. */
export interface SiteProxies {
  probe: SiteActivities;
  change: SiteActivities;
  brief: SiteActivities;
  urgent: SiteActivities;
  glance: SiteActivities;
  patient: SiteActivities;
  irreversible: SiteActivities;
}

// A dead worker is noticed in this time; the embedded supervisor has a new one ready before that.
const heartbeatTimeout: Duration = '3 seconds';
// A site whose worker is away answers "unreachable" after this time instead of never.
const scheduleToStartTimeout: Duration = '30 seconds';

/** Activities of the worker beside a site, in the retry classes above. @param site name of the plan; its queue follows from it */
export function siteActivities(site: string): SiteProxies {
  const common = {
    taskQueue: siteQueue(site),
    scheduleToStartTimeout,
    heartbeatTimeout,
    // The way back begins when a cancelled step has ended, not when it was told to. By default nobody waits for that.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  const proxy = (startToCloseTimeout: Duration, retry: RetryPolicy, own: Partial<typeof common> = {}): SiteActivities =>
    proxyActivities<SiteActivities>({ ...common, ...own, startToCloseTimeout, retry });
  return {
    // Probes only read: many quick tries, because a flapping answer costs seconds and a wrong one costs the recovery.
    probe: proxy('10 minutes', { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 6 }),
    // Changes can be undone and are safe to repeat (they read the fact first): bounded tries. The long limit is for
    // terabytes; a dead worker is noticed by its heartbeat, not by this.
    change: proxy('12 hours', { initialInterval: '200 ms', maximumInterval: '5 seconds', maximumAttempts: 4 }),
    // Changes that take seconds by nature, made while clients wait: an engine that accepts the call and hangs is noticed.
    brief: proxy('3 minutes', { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 3 }),
    // While nobody is served, a place that does not answer is an answer: a hung engine or a lost site is known in seconds,
    // and a person is asked. Long enough for a killed worker to be back.
    urgent: proxy(
      '15 seconds',
      { initialInterval: '100 ms', maximumInterval: '500 ms', maximumAttempts: 2 },
      { scheduleToStartTimeout: '10 seconds' },
    ),
    // One look at a site that may be lost as a whole, its worker included: what has not answered by then does not answer.
    glance: proxy('6 seconds', { maximumAttempts: 1 }, { scheduleToStartTimeout: '3 seconds' }),
    // Waits for a site to come back, its worker included: nothing of it is tried in vain, and days are no failure.
    patient: proxy(
      '30 days',
      { initialInterval: '1 second', maximumInterval: '10 seconds' },
      { scheduleToStartTimeout: '3650 days' },
    ),
    // Irreversible: the second try is meant for a lost worker; every refusal is thrown non-retryable and goes to a person.
    irreversible: proxy('10 minutes', { initialInterval: '200 ms', maximumAttempts: 2 }),
  };
}
