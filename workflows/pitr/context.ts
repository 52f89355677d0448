import type { Plan } from '../../plan';
import type { PitrInput } from '../contracts/pitr';
import type { DatabaseAt } from '../contracts/recovery';
import type { Run } from '../kernel/run';

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

/** Finds the database of the input in the plan and starts the clock under its tier. */
export function recoveryContext(run: Run, input: PitrInput, plan: Plan, firstRunId: string): Recovery {
  const database = plan.databases.find((one) => one.name === input.database);
  const site = plan.sites.find((one) => one.name === database?.site);
  const tier = plan.tiers.find((one) => one.name === database?.tier);
  if (!database || !site || !tier) {
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
  return { plan, input, at: { database, site }, key: firstRunId.replace(/-/g, '').slice(-8), tier };
}
