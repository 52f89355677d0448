/**
 * What the plan claims: that something can be recovered, backed up, told. A claim is true as long as a run that proved it is
 * young enough, and what the plan says of it is what it said then. Pure; the plan as types only.
 */
import type { Plan } from '../../../plan';
import type { Claim } from './claim';
import { bundleClaims, dataClaims, storeClaims } from './data';
import { failoverClaims, siteClaims } from './failover';
import { peopleClaims } from './people';
import { recoveryClaims } from './recovery';
import { scenarioClaim } from './scenarios';
import { testClaim } from './tests';

export type { Claim, ClaimSection } from './claim';

/** Everything the plan claims, in the order of the plan document. */
export function claimsOf(plan: Plan): Claim[] {
  return [
    ...plan.scenarios.flatMap((one) => scenarioClaim(plan, one)),
    ...recoveryClaims(plan),
    ...plan.databases.flatMap(({ name }) => dataClaims(name)),
    ...plan.stores.flatMap(({ name }) => storeClaims(name)),
    ...(['configuration', 'certificates'] as const).flatMap(bundleClaims),
    ...plan.databases.flatMap((one) => failoverClaims(one)),
    ...siteClaims(plan),
    ...peopleClaims(plan),
    ...plan.tests.flatMap((one) => testClaim(one)),
  ];
}
