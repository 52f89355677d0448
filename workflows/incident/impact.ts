/** Which of the platform does not work, and how bad that is. Pure. */
import type { Plan } from '../../plan';
import type { IncidentFacts } from '../contracts/incident';

/** Something that does not work. */
export interface Affected {
  name: string;
  /** Absent: it is of no tier (the gateway: nothing is reached without it). */
  tier?: string;
  says: string;
  /** Nobody is served; false: it works badly. */
  down: boolean;
}

/** Everything that does not work, the most critical first. */
export function affectedOf({ tiers }: Pick<Plan, 'tiers'>, facts: IncidentFacts): Affected[] {
  const { services, databases, stores, gateway } = facts;
  const rank = (tier: string | undefined): number => tiers.findIndex((one) => one.name === tier);
  const all: Affected[] = [
    ...(gateway.page.healthy ? [] : [{ name: gateway.service, says: `clients get ${gateway.page.says}`, down: true }]),
    ...services
      .filter((one) => !one.healthy)
      .map(({ service, tier, says, state }) => ({ name: service, tier, says, down: state !== 'running' })),
    ...databases
      .filter((one) => !one.clients.healthy)
      .map(({ name, tier, clients }) => ({ name: `database ${name}`, tier, says: clients.says, down: true })),
    ...stores
      .filter((one) => !one.healthy)
      .map(({ name, tier, says }) => ({ name: `store ${name}`, tier, says, down: true })),
  ];
  return all.sort((a, b) => rank(a.tier) - rank(b.tier));
}

/** The severity of the worst tier that is affected; where nothing is, the mildest. */
export function severityOf(
  { tiers, incidents: { severities } }: Pick<Plan, 'tiers' | 'incidents'>,
  affected: Affected[],
): Plan['incidents']['severities'][number] {
  const [worst] = affected;
  const rank = worst
    ? Math.max(
        0,
        tiers.findIndex((one) => one.name === worst.tier),
      )
    : severities.length - 1;
  // The schema demands one at least.
  return severities[Math.min(rank, severities.length - 1)] as Plan['incidents']['severities'][number];
}

/** In a sentence for people. */
export function impactOf(affected: Affected[]): string {
  if (affected.length === 0) return 'nothing that was asked is down';
  const named = affected.slice(0, 6).map(({ name, tier }) => (tier === undefined ? name : `${name} (${tier})`));
  const more = affected.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${affected.length === 1 ? 'does' : 'do'} not work`;
}

/** Manual processes of the plan that are called for now. */
export const manualProcesses = (
  { businessContinuity }: Pick<Plan, 'businessContinuity'>,
  affected: Affected[],
): Plan['businessContinuity']['manualProcesses'] =>
  businessContinuity.manualProcesses.filter(
    ({ services }) =>
      services.length === 0 || affected.some(({ name, tier }) => tier === undefined || services.includes(name)),
  );
