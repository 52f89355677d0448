import type { Gateway, Site } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { askUntilWell, gatewayUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

export interface AskGateway {
  gateway: Gateway;
  site: Site;
  /** Page that clients ask for. */
  page: string;
  /** How long it may take until it answers 2xx, milliseconds; 0: it is asked once. */
  deadlineMs: number;
}

/** Longer than a look at a health page: a business page does work. */
const patienceMs = 3_000;

/** Asks for a page the way clients do, through the gateway. @returns its last answer; one that never was good is an answer */
export async function askGateway({ gateway, site, page, deadlineMs }: AskGateway): Promise<HealthAnswer> {
  const url = gatewayUrl(site, gateway, page);
  return withHeartbeat(`asking for ${page}`, (_beat, signal) =>
    askUntilWell(site, url, { deadlineMs, signal, timeoutMs: patienceMs }),
  );
}
