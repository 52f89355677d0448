import type { Evidence, IncidentFacts } from '../../contracts/incident';

/** No probe sees a breach; whoever saw it names the services. */
export function securityBreach(_facts: IncidentFacts, suspects: string[]): Evidence[] {
  if (suspects.length === 0)
    return [{ says: 'nobody named a service that is not trusted, and no probe sees a breach', weight: -2 }];
  return [{ says: `whoever opened the incident does not trust ${suspects.join(', ')}`, weight: 10 }];
}
