import type { Plan, Site } from '../../plan';
import type { RelieveResourcesInput } from '../contracts/resources';
import { clusterOf } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import { siteOfService } from '../service/context';

/** What every phase of a relief shares. */
export interface ResourceContext {
  plan: Plan;
  input: RelieveResourcesInput;
  /** The primary site. */
  site: Site;
  on: SiteProxies;
  /** Services of that site. */
  services: Plan['services'];
  databases: Plan['databases'];
}

/** Finds the primary site, and starts the clock under the most urgent tier. */
export function resourceContext(run: Run, input: RelieveResourcesInput, plan: Plan): ResourceContext {
  const site = plan.sites.find((one) => one.role === 'primary');
  const [tier] = plan.tiers;
  if (!site || !tier)
    return run.refuse([
      { code: 'DR-PLAN', message: 'the plan has no site of role primary, or no tier', next: 'Mend the plan.' },
    ]);
  run.judgeBy(tier);
  return {
    plan,
    input,
    site,
    on: siteActivities(site.name),
    services: plan.services.filter((one) => siteOfService(plan, one)?.name === site.name),
    databases: plan.databases.filter((one) => one.site === site.name),
  };
}

/** A database as it is asked: at whichever server takes writes now. */
export const homeOf = (run: Run, { plan }: ResourceContext, name: string) => clusterOf(run, name, plan, false).home;
