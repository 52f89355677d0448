import type { ServiceFacts } from '../contracts/service';
import { siteActivities } from '../kernel/site';
import { gatewaySite, type ServiceContext } from './context';

/** Looks at the service; where it runs and the plan names a page of it, that is asked for as a client does. */
export async function look(context: ServiceContext): Promise<ServiceFacts> {
  const { at, on, plan } = context;
  const facts = await on.urgent.inspectService(at);
  const { businessPage: page } = at.service;
  const { gateway, businessContinuity } = plan;
  const { gateway: reduced } = businessContinuity.reducedFunctionality;
  const site = gatewaySite(context);
  const runs = facts.container?.running && !facts.container.paused;
  if (page === undefined || !runs || !context.input.page) return facts;
  const answer = await siteActivities(site.name).urgent.askGateway({ gateway, site, page, deadlineMs: 0, reduced });
  return { ...facts, page: answer, at: new Date().toISOString() };
}
