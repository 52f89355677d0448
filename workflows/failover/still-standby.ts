/** Before an old primary is started again: is the standby one still, and will it stay one? */
import { drFailure } from '../contracts/errors';
import { beside, siteOf, type Cluster } from './context';

/**
 * Two primaries are worse than none: the old one is not started while the standby has been promoted, or may be. A promotion that
 * was begun and did not report back may still finish, hours of replay later; only a restart of that server ends it.
 * @throws DR-PROMOTE
 */
export async function demandStandby(cluster: Cluster, service: string): Promise<void> {
  const member = cluster.members.find((one) => one.service === service);
  if (!member) return;
  const site = siteOf(cluster, member);
  const now = await beside(member).probe.surveyServer({ database: cluster.home.database, site, service });
  if (!now.answered)
    throw drFailure(
      'DR-PROMOTE',
      `${service} does not say whether it has been promoted (${now.problem ?? 'no answer'}): starting the old primary might make two`,
    );
  if (!now.inRecovery)
    throw drFailure(
      'DR-PROMOTE',
      `${service} has been promoted to timeline ${now.timeline}: starting the old primary would make two`,
    );
  const begun = cluster.promotionBegun;
  if (begun !== undefined && !(Date.parse(now.container?.startedAt ?? '') > begun))
    throw drFailure(
      'DR-PROMOTE',
      `the promotion of ${service} was begun and may still finish: starting the old primary then would make two`,
      { next: `Restart ${service}, which ends a promotion that is under way, then retry.` },
    );
}
