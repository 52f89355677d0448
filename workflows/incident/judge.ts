/** Which of the plan's scenarios the facts speak for. Pure: the same facts, the same verdicts. */
import type { Plan, Scenario } from '../../plan';
import type { Evidence, IncidentFacts, Verdict } from '../contracts/incident';
import { configurationError } from './evidence/configuration';
import { dataCentreFailure, networkLoss } from './evidence/network';
import { databaseCorruption } from './evidence/database';
import { resourceExhaustion } from './evidence/resources';
import { securityBreach } from './evidence/security';
import { serviceOutage } from './evidence/services';

/** What speaks for and against one scenario. */
export type Judge = (facts: IncidentFacts, suspects: string[]) => Evidence[];

/** By the scenario's name in the plan. One that is not here is judged by people alone. */
const judges: Record<string, Judge> = {
  'data-center-failure': dataCentreFailure,
  'database-corruption': databaseCorruption,
  'service-outage': serviceOutage,
  'security-breach': securityBreach,
  'network-connectivity': networkLoss,
  'configuration-error': configurationError,
  'resource-exhaustion': resourceExhaustion,
};

/** From this sum on a scenario is likely. */
const likelyFrom = 3;
/** How far before the next a scenario must be to begin by itself. */
const lead = 2;

/** Every scenario of the plan, the likeliest first; of equals the one that the plan names first. @param begins what each would start */
export function judge(
  { scenarios }: Pick<Plan, 'scenarios'>,
  facts: IncidentFacts,
  suspects: string[],
  begins: (scenario: Scenario) => string,
): Verdict[] {
  return scenarios
    .map((scenario): Verdict => {
      const unknown: Evidence[] = [{ says: 'nothing here can judge it: a person can', weight: -1 }];
      const found = judges[scenario.name]?.(facts, suspects) ?? unknown;
      const evidence = [...found].sort((a, b) => b.weight - a.weight);
      const score = evidence.reduce((sum, one) => sum + one.weight, 0);
      const likelihood = score >= likelyFrom ? 'likely' : score > 0 ? 'possible' : 'unlikely';
      return { scenario: scenario.name, title: scenario.title, score, likelihood, evidence, begins: begins(scenario) };
    })
    .sort((a, b) => b.score - a.score);
}

/** The one that is proposed: the likeliest, if anything speaks for it. */
export const proposed = ([first]: Verdict[]): Verdict | undefined => (first && first.score > 0 ? first : undefined);

/** Whether the facts leave no doubt that it is the first: it is likely, and nothing else is nearly as likely. */
export function beyondDoubt([first, second]: Verdict[]): boolean {
  return first?.likelihood === 'likely' && first.score - Math.max(0, second?.score ?? 0) >= lead;
}
