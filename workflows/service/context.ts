import { workflowInfo } from '@temporalio/workflow';
import type { Plan, Service, Site } from '../../plan';
import type { ServiceAt, ServiceRecoveryInput } from '../contracts/service';
import type { Run } from '../kernel/run';
import { siteActivities, type SiteProxies } from '../kernel/site';

/** What every phase of a run on one service shares. */
export interface ServiceContext {
  plan: Plan;
  input: ServiceRecoveryInput;
  at: ServiceAt;
  /** Activities of the worker beside it. */
  on: SiteProxies;
  /** UTC; when the run began. */
  began: string;
}

/** Finds the service of an input in the plan, and starts the clock under its tier. */
export function serviceContext(run: Run, input: ServiceRecoveryInput, plan: Plan): ServiceContext {
  const service = plan.services.find((one) => one.name === input.service);
  const site = service && siteOfService(plan, service);
  const tier = plan.tiers.find((one) => one.name === service?.tier);
  if (!service || !site || !tier) {
    const known = plan.services.map((one) => one.name).join(', ');
    return run.refuse([
      {
        code: 'DR-UNKNOWN-SERVICE',
        message: `service of the input is ${JSON.stringify(input.service)}, the plan has: ${known}`,
        next: 'Choose one that `dr plan show` lists.',
      },
    ]);
  }
  run.judgeBy(tier);
  const began = workflowInfo().startTime.toISOString();
  return { plan, input, at: { service, site }, on: siteActivities(site.name), began };
}

/** The site a service runs on in peace: its own, else the primary one. */
export const siteOfService = (plan: Plan, { site }: Pick<Service, 'site'>): Site | undefined =>
  plan.sites.find((one) => (site === undefined ? one.role === 'primary' : one.name === site));

/** The site of the gateway that its clients come through. */
export const gatewaySite = ({ plan, at }: ServiceContext): Site =>
  plan.sites.find((one) => one.name === plan.gateway.site) ?? at.site;
