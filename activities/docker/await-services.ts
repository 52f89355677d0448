import type { Service, Site } from '../../plan';
import type { AwaitedService } from '../../workflows/contracts/system';
import { withHeartbeat } from '../shared/heartbeat';
import { untilWell } from '../shared/until-well';

export interface AwaitServices {
  site: Site;
  services: { service: Pick<Service, 'name' | 'port' | 'health'>; containerId: string }[];
  /** Until when they are waited for, milliseconds since 1970. */
  until: number;
}

/**
 * Waits until services say that they can work, all at once. One whose container has ended for good, or dies again and again,
 * is not waited for any longer.
 * @returns the last word of each, and after how long
 */
export async function awaitServices({ site, services, until }: AwaitServices): Promise<AwaitedService[]> {
  const names = services.map((one) => one.service.name).join(', ');
  return withHeartbeat(`waiting for ${names}`, (_beat, signal) =>
    Promise.all(
      services.map(async ({ service, containerId }) => ({
        service: service.name,
        ...(await untilWell({ site, service, containerId, until, signal })),
      })),
    ),
  );
}
