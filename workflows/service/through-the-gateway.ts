/** Phase "Verify": the gateway finds the service, its clients get their page, and it stays up. */
import type { Approval } from '../contracts/approval';
import { drFailure } from '../contracts/errors';
import { duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { gatewaySite, type ServiceContext } from './context';
import { diagnose } from './diagnose';
import { look } from './look';
import type { TakenMeasure } from './measures';

/** Time for the first page to come back, milliseconds: the gateway leaves a server out for a while after it failed. */
const pageDeadlineMs = 45_000;

/** Has the gateway look for the service anew, and asks for its page. */
export async function reload(run: Run, context: ServiceContext, valid: Approval): Promise<TakenMeasure> {
  const began = Date.now();
  await findAnew(run, context, valid);
  const { page } = await run.probe(
    'Look whether its clients get their page',
    () => look(context),
    (now) => now.page?.says ?? '',
  );
  return {
    measure: 'reload',
    helped: page?.healthy ?? false,
    says: page?.says ?? 'nobody was asked',
    afterMs: Date.now() - began,
  };
}

/** nginx resolves the names of its upstreams only when it reads its configuration, and a container may have a new address. */
export async function findAnew(run: Run, context: ServiceContext, valid: Approval): Promise<void> {
  const { gateway } = context.plan;
  if (!gateway.upstreams.includes(context.at.service.name)) return;
  const site = gatewaySite(context);
  await run.optional('Have the gateway find it', () =>
    siteActivities(site.name).brief.reloadGateway({ gateway, site, approval: valid.reference }),
  );
}

/** @returns what was proven, in a sentence */
export async function throughTheGateway(run: Run, context: ServiceContext): Promise<string> {
  const { plan, at } = context;
  const { gateway, businessContinuity } = plan;
  const { gateway: reduced } = businessContinuity.reducedFunctionality;
  const { service } = at;
  const site = gatewaySite(context);
  const on = siteActivities(site.name);
  run.phase('Verify');
  const page = context.input.page ? service.businessPage : undefined;
  if (page !== undefined)
    await run.probe(
      `Ask for ${page} as a client does`,
      async () => {
        const answer = await on.probe.askGateway({ gateway, site, page, deadlineMs: pageDeadlineMs, reduced });
        if (answer.healthy) return answer;
        throw drFailure(
          'DR-SERVICE',
          `${service.name} says that it is well, and its clients do not get ${page}: ${answer.says}`,
        );
      },
      ({ says }) => says,
    );
  await staysUp(run, context);
  return page === undefined ? `${service.name} says that it is well` : `a client got ${page} through the gateway`;
}

/** A service that answers once and dies is not back. */
async function staysUp(run: Run, context: ServiceContext): Promise<void> {
  const { container } = await run.probe('Look whether it stays up', async () => {
    const now = await look(context);
    const { picture, says } = diagnose(now);
    if (picture === 'healthy') return now;
    throw drFailure('DR-SERVICE', `${context.at.service.name} was well for a moment, and is not any more: ${says}`);
  });
  if (container)
    run.note(
      `its container runs since ${container.startedAt}, for ${duration(Date.now() - Date.parse(container.startedAt))}`,
    );
}
