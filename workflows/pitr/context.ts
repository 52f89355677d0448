import type { Database, Plan } from '../../plan';
import { withPrimary } from '../contracts/members';
import type { PitrInput } from '../contracts/pitr';
import type { DatabaseAt } from '../contracts/recovery';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';

/** What every phase of one recovery shares. */
export interface Recovery {
  plan: Plan;
  input: PitrInput;
  at: DatabaseAt;
  /**
   * Eight hex digits that name everything this run makes; kept by a reset and by continue-as-new. The last of the run id:
   * its first are the time of the start, which two runs of the same minute share.
   */
  key: string;
  tier: Plan['tiers'][number];
}

/**
 * Finds the database of the input in the plan, starts the clock under its tier, and asks who is primary: after a failover it
 * is not the server that the plan names first. One that has moved to another site than its pooler is refused.
 */
export async function recoveryContext(run: Run, input: PitrInput, plan: Plan, firstRunId: string): Promise<Recovery> {
  const planned = plan.databases.find((one) => one.name === input.database);
  const site = plan.sites.find((one) => one.name === planned?.site);
  const tier = plan.tiers.find((one) => one.name === planned?.tier);
  if (!planned || !site || !tier) {
    const known = plan.databases.map((one) => one.name).join(', ');
    return run.refuse([
      {
        code: 'DR-UNKNOWN-DATABASE',
        message: `database of the input is ${JSON.stringify(input.database)}, the plan has: ${known}`,
        next: 'Choose one that `dr plan show` lists.',
      },
    ]);
  }
  run.judgeBy(tier);
  if (input.disasterAt) run.disaster(input.disasterAt);
  const { primary } = await run.probe(
    'Ask who is primary',
    () => siteActivities(site.name).probe.readRoles({ database: planned, site }),
    (roles) => roles.primary,
  );
  const database = withPrimary(planned, primary) as Database;
  if (database.site !== site.name)
    return run.refuse([
      {
        code: 'DR-REFUSED',
        message: `the primary of ${planned.name} is ${primary} at site ${database.site}; a recovery works where the pooler and the archive are, at site ${site.name}`,
        next: `Move it back first: \`dr switchover ${planned.name}\`.`,
      },
    ]);
  return { plan, input, at: { database, site }, key: firstRunId.replace(/-/g, '').slice(-8), tier };
}
