import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../../plan';
import type { ReducedAt, ReducedMode, ReducedPages } from '../contracts/reduced';
import type { SiteProxies } from '../kernel/site';
import { siteActivities } from '../kernel/site';

/** What is needed to have the gateway of a plan serve less. */
export interface Reduced {
  at: ReducedAt;
  on: SiteProxies;
  /** Pages that prove a mode. */
  pages: (mode: ReducedMode) => ReducedPages;
}

/** Finds the gateway and how the plan says that it is told; undefined where the plan does not say so. */
export function reducedOf(plan: Plan): Reduced | undefined {
  const { gateway, businessContinuity, services } = plan;
  const { gateway: reduced, essentialServices } = businessContinuity.reducedFunctionality;
  const site = plan.sites.find((one) => one.name === gateway.site);
  if (!reduced || !site) return undefined;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const pagesOf = (essential: boolean): string[] => [
    ...new Set(
      services.flatMap(({ name, businessPage }) =>
        businessPage !== undefined && essentialServices.includes(name) === essential ? [businessPage] : [],
      ),
    ),
  ];
  const [open, others] = [pagesOf(true), pagesOf(false).filter((page) => !pagesOf(true).includes(page))];
  return {
    at: { gateway, site, reduced, own: { workflowId, runId: firstExecutionRunId } },
    on: siteActivities(site.name),
    pages: (mode) =>
      mode === 'critical-only' ? { closed: others, open } : { closed: [...open, ...others].slice(0, 4), open: [] },
  };
}
