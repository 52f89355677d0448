/** How each scenario is rehearsed on a copy, and why some are not. */
import type { Plan } from '../../plan';
import type { Loss } from './context';
import { loseDatabase } from './lose-database';
import { loseFile } from './lose-file';
import { loseNetwork } from './lose-network';
import { loseService } from './lose-service';
import { loseTable } from './lose-table';

/** `not`: a copy of one site cannot show it, in a sentence. */
export type Rehearsal = { losses: Loss[] } | { not: string };

/** The two that the plan tests by themselves, and its scenarios, by name. */
const rehearsals: Record<string, Rehearsal> = {
  'service-failure': { losses: [loseService] },
  // The table first: after a failover the primary is another server.
  'database-failure': { losses: [loseTable, loseDatabase] },
  'service-outage': { losses: [loseService] },
  'database-corruption': { losses: [loseTable] },
  'network-connectivity': { losses: [loseNetwork] },
  'configuration-error': { losses: [loseFile] },
  'data-center-failure': {
    not: 'its answer is a failover to the other site, and the copy has one site only',
  },
  'security-breach': {
    not: 'a person decides about every step of its answer, so there is nothing that could be rehearsed without one',
  },
  'resource-exhaustion': {
    not: 'the copy shares memory and disks with what serves, so to use them up would be the disaster',
  },
};

/** Names that a test can be asked for. */
export const scenariosOf = ({ scenarios }: Pick<Plan, 'scenarios'>): string[] => [
  'service-failure',
  'database-failure',
  ...scenarios.map(({ name }) => name),
];

/** How a scenario is rehearsed; undefined: neither the plan nor this page has it. */
export function rehearsalOf(plan: Pick<Plan, 'scenarios'>, scenario: string): Rehearsal | undefined {
  if (!scenariosOf(plan).includes(scenario)) return undefined;
  return rehearsals[scenario] ?? { not: 'people answer it, and no procedure' };
}
