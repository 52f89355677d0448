import { workflowInfo } from '@temporalio/workflow';
import type { Plan, Site } from '../../plan';
import { membersOf, type Member } from '../contracts/members';
import type { DatabaseAt } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';

/** What every phase of a run on the servers of one database shares, before and after it knows who is primary. */
export interface Cluster {
  plan: Plan;
  /** The plan's entry and its site, which has the pooler, the client path and the repository. */
  home: DatabaseAt;
  members: Member[];
  tier: Plan['tiers'][number];
  /** Eight hex digits that name what this run makes. */
  key: string;
  /** When a promotion was begun of which it is not known that it did nothing, milliseconds since 1970. */
  promotionBegun?: number;
  /** When the run began, UTC. */
  began: string;
}

/**
 * Finds the database of an input in the plan, and starts the clock under its tier.
 * @param judged false: the run has no objectives to meet, so no clock runs
 */
export function clusterOf(run: Run, name: string, plan: Plan, judged = true): Cluster {
  const database = plan.databases.find((one) => one.name === name);
  const site = plan.sites.find((one) => one.name === database?.site);
  const tier = plan.tiers.find((one) => one.name === database?.tier);
  if (!database || !site || !tier) {
    const known = plan.databases.map((one) => one.name).join(', ');
    return run.refuse([
      {
        code: 'DR-UNKNOWN-DATABASE',
        message: `database of the input is ${JSON.stringify(name)}, the plan has: ${known}`,
        next: 'Choose one that `dr plan show` lists.',
      },
    ]);
  }
  if (judged) run.judgeBy(tier);
  const { firstExecutionRunId, startTime } = workflowInfo();
  const key = firstExecutionRunId.replace(/-/g, '').slice(-8);
  return { plan, home: { database, site }, members: membersOf(database), tier, key, began: startTime.toISOString() };
}

/** The site a member lives at. The plan's check has made sure that there is one. */
export function siteOf(cluster: Cluster, member: Pick<Member, 'site'>): Site {
  return cluster.plan.sites.find((one) => one.name === member.site) ?? cluster.home.site;
}

/** The activities of the worker that sits beside a member. */
export const beside = (member: Pick<Member, 'site'>): SiteProxies => siteActivities(member.site);
