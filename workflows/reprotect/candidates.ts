/** Which servers have to be made standbys again. Pure. */
import type { ServerFacts } from '../contracts/cluster';
import type { Refusal } from '../contracts/recovery';
import { serves, whyNotServing } from '../failover/serving';
import type { Survey } from '../failover/survey';

/** Why nothing can be rebuilt now. */
export function objections({ primary, standbys }: Survey, member: string | undefined): Refusal[] {
  const refusals: Refusal[] = [];
  if (!serves(primary))
    refusals.push({
      code: 'DR-DATABASE-DOWN',
      message: whyNotServing(primary),
      next: 'A standby is built from a primary that works: `dr failover` or `dr restart` first.',
    });
  if (member !== undefined && !standbys.some((one) => one.service === member))
    refusals.push({
      code: 'DR-INPUT',
      message: `server to rebuild is ${JSON.stringify(member)}; the standbys of ${primary.service} are: ${standbys.map((one) => one.service).join(', ') || 'none'}`,
      next: 'Name one of them, or none for all that do not follow.',
    });
  return refusals;
}

/** Follows: in recovery, of the same cluster and timeline, with a receiver that streams. */
export const follows = (one: ServerFacts, primary: ServerFacts): boolean =>
  one.answered &&
  one.inRecovery &&
  one.systemIdentifier === primary.systemIdentifier &&
  one.timeline === primary.timeline &&
  one.receiver === 'streaming';

/** The named one, else every member that does not follow. */
export const membersToRebuild = ({ primary, standbys }: Survey, member: string | undefined): ServerFacts[] =>
  standbys.filter((one) => (member === undefined ? !follows(one, primary) : one.service === member));
