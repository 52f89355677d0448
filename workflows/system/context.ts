import { workflowInfo } from '@temporalio/workflow';
import type { Plan, Site } from '../../plan';
import type { FullSystemRecoveryInput } from '../contracts/system';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';
import { reducedOf, type Reduced } from '../reduced/context';
import { siteOfService } from '../service/context';
import { orderOf, type Order } from './order';

/** What every phase of a recovery of everything shares. */
export interface System {
  plan: Plan;
  input: FullSystemRecoveryInput;
  /** The site that is recovered: the primary one. */
  site: Site;
  /** It is not at home: `plan` is the plan as it is there, which a run that was started would not know. */
  away?: boolean;
  /** Site of the gateway. */
  front: Site;
  on: SiteProxies;
  order: Order;
  /** How the gateway is told to serve less; absent: the plan does not say. */
  reduced?: Reduced;
  /** Eight hex digits that name what this run makes. */
  key: string;
  /** Milliseconds since 1970; when the run began. */
  began: number;
}

/** Finds the primary site, and starts the clock under the objectives of the whole system. */
export function systemOf(run: Run, input: FullSystemRecoveryInput, plan: Plan): System {
  const site = plan.sites.find((one) => one.role === 'primary');
  if (!site)
    return run.refuse([
      { code: 'DR-PLAN', message: 'the plan has no site of role primary', next: 'Give one of its sites that role.' },
    ]);
  run.judgeBy({ name: 'full-system', ...plan.objectives.fullSystem });
  if (input.disasterAt !== undefined) run.disaster(input.disasterAt);
  const { firstExecutionRunId, startTime } = workflowInfo();
  const reduced = reducedOf(plan);
  const services = plan.services.filter((one) => siteOfService(plan, one)?.name === site.name);
  return {
    plan,
    input,
    site,
    front: plan.sites.find((one) => one.name === plan.gateway.site) ?? site,
    on: siteActivities(site.name),
    order: orderOf({ services, tiers: plan.tiers }),
    ...(reduced ? { reduced } : {}),
    key: firstExecutionRunId.replace(/-/g, '').slice(-8),
    began: startTime.getTime(),
  };
}
