/** Phase "Verify": the gateway finds the service, and its clients get their page. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import type { ServiceContext } from './context';

/** Time for the first page to come back, milliseconds: the gateway leaves a server out for a while after it failed. */
const pageDeadlineMs = 45_000;

/** @returns what was proven, in a sentence; undefined where the plan names no page to ask for */
export async function throughTheGateway(
  run: Run,
  { plan, at }: ServiceContext,
  approval: Approval,
): Promise<string | undefined> {
  const { gateway } = plan;
  const { service } = at;
  const site = plan.sites.find((one) => one.name === gateway.site) ?? at.site;
  const on = siteActivities(site.name);
  run.phase('Verify');
  if (gateway.upstreams.includes(service.name))
    await run.optional('Have the gateway find it', () =>
      on.brief.reloadGateway({ gateway, site, approval: approval.reference }),
    );
  const page = service.businessPage;
  if (page === undefined) return undefined;
  await run.probe(
    `Ask for ${page} as a client does`,
    async () => {
      const answer = await on.probe.askGateway({ gateway, site, page, deadlineMs: pageDeadlineMs });
      if (!answer.healthy)
        throw drFailure(
          'DR-SERVICE',
          `${service.name} says that it is well, and its clients do not get ${page}: ${answer.says}`,
        );
      return answer;
    },
    ({ says }) => says,
  );
  return `a client got ${page} through the gateway`;
}
