import type { Service, Site } from '../../plan';
import { askUntilWell, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

export interface AwaitHealthy {
  site: Site;
  services: Service[];
  /** How long they are waited for, milliseconds. */
  deadlineMs: number;
}

/** Waits until several services say that they can work. @returns the last word of each that does not */
export async function awaitHealthy({
  site,
  services,
  deadlineMs,
}: AwaitHealthy): Promise<{ service: string; says: string }[]> {
  return withHeartbeat(`waiting for ${services.map((one) => one.name).join(', ')}`, async (_beat, signal) => {
    const answers = await Promise.all(
      services.map(async (service) => ({
        service: service.name,
        ...(await askUntilWell(site, healthUrl(site, service), { deadlineMs, signal })),
      })),
    );
    return answers.filter((one) => !one.healthy).map(({ service, says }) => ({ service, says }));
  });
}
