import type { Evidence, IncidentFacts, ServicePicture } from '../../contracts/incident';
import { isCutOff } from './network';

/** A container that ended, hangs, or is gone: it serves nobody, whatever the reason. */
export const isDown = ({ state }: Pick<ServicePicture, 'state'>): boolean => state !== 'running' && state !== 'unknown';

/** Services, stores, a database or the gateway do not work, and their containers say so. */
export function serviceOutage(facts: IncidentFacts): Evidence[] {
  const { services, databases, stores, gateway, sites } = facts;
  const down = services.filter(isDown);
  // Those that run and are cut off are none of this.
  const ill = services.filter((one) => one.state === 'running' && !one.healthy && !isCutOff(facts, one.service));
  const silent = sites.filter((one) => one.role === 'primary' && !one.answered);
  const evidence: Evidence[] = [
    ...down.map(({ service, tier, says }, index) => ({
      says: `${service} (${tier}) is down: ${says}`,
      weight: index === 0 ? 3 : index < 3 ? 1 : 0,
    })),
    ...ill.map(({ service, tier, says }, index) => ({
      says: `${service} (${tier}) runs and is not well: ${says}`,
      weight: index === 0 && down.length === 0 ? 1 : 0,
    })),
    ...databases
      .filter((one) => !one.clients.healthy && !one.damage.answered)
      .map((one) => ({
        says: `database ${one.name} does not answer: ${one.damage.problem ?? one.clients.says}`,
        weight: 2,
      })),
    ...stores.filter((one) => !one.healthy).map((one) => ({ says: `store ${one.name}: ${one.says}`, weight: 2 })),
    ...(isDown(gateway) ? [{ says: `the gateway ${gateway.service} is down (${gateway.state})`, weight: 3 }] : []),
    ...silent.map(({ name }) => ({
      says: `site ${name} did not answer: of its services nothing is known`,
      weight: -5,
    })),
  ];
  const none = { says: 'every container runs, and every service says that it is well', weight: -3 };
  return evidence.length > 0 ? evidence : [none];
}
