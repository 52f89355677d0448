/** Claims of who is told, and of how the business goes on meanwhile. */
import type { Plan } from '../../../plan';
import { inWindow, ran, why, type Claim } from './claim';
import { ofPeople, ofReduced } from './parts';

export function peopleClaims(plan: Plan): Claim[] {
  const common = { section: 'continuity', renewed: 'quarterly' } as const;
  return [
    {
      ...common,
      id: 'people.notifyPeople',
      says: 'A channel takes a message to the emergency contacts',
      about: ran('notifyPeople'),
      parts: ofPeople,
      prove: `./dr test quarterly ${why}`,
    },
    {
      ...common,
      id: 'people.callOnCall',
      says: 'Somebody of the on-call chain acknowledges',
      about: ran('callOnCall'),
      parts: ofPeople,
      prove: `./dr test quarterly ${why}`,
    },
    ...(plan.businessContinuity.reducedFunctionality.gateway
      ? [
          {
            ...common,
            id: 'gateway.reducedFunctionality',
            says: 'The gateway keeps clients out, or serves the essential services only, and is lifted again',
            about: ran('reducedFunctionality'),
            parts: ofReduced,
            prove: inWindow(`./dr reduce critical-only --for 1m ${why}`),
          },
        ]
      : []),
  ];
}
