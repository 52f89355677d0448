import { workflowInfo } from '@temporalio/workflow';
import type { Database, Plan } from '../../plan';
import { withPrimary } from '../contracts/members';
import type { DatabaseAt } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';

/** A database with the roles as they are, and the activities beside its primary. */
export interface PresentDatabase {
  at: DatabaseAt;
  on: SiteProxies;
  /** Eight hex digits that name what this run makes. */
  key: string;
}

/** Finds the database of an input in the plan and asks who is primary: after a failover its site may be another one. */
export async function presentDatabase(run: Run, name: string, plan: Plan): Promise<PresentDatabase> {
  const planned = plan.databases.find((one) => one.name === name);
  const home = plan.sites.find((one) => one.name === planned?.site);
  if (!planned || !home) {
    const known = plan.databases.map((one) => one.name).join(', ');
    return run.refuse([
      {
        code: 'DR-UNKNOWN-DATABASE',
        message: `database of the input is ${JSON.stringify(name)}, the plan has: ${known}`,
        next: 'Choose one that `dr plan show` lists.',
      },
    ]);
  }
  const { primary } = await run.probe(
    'Ask who is primary',
    () => siteActivities(home.name).probe.readRoles({ database: planned, site: home }),
    (roles) => roles.primary,
  );
  const database = withPrimary(planned, primary) as Database;
  const site = plan.sites.find((one) => one.name === database.site) ?? home;
  const key = workflowInfo().firstExecutionRunId.replace(/-/g, '').slice(-8);
  return { at: { database, site }, on: siteActivities(site.name), key };
}
