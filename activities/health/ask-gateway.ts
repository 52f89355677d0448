import type { Gateway, ReducedGateway, Site } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { askUntilWell, gatewayUrl, passOf } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';

export interface AskGateway {
  gateway: Gateway;
  site: Site;
  /** Page that clients ask for. */
  page: string;
  /** How long it may take until it answers 2xx, milliseconds; 0: it is asked once. */
  deadlineMs: number;
  /** Where a mode of reduced functionality keeps clients out, the pass of the plan is shown, and the answer says so. */
  reduced?: ReducedGateway | undefined;
}

/** Longer than a look at a health page: a business page does work. */
const patienceMs = 3_000;

/** Asks for a page the way clients do, through the gateway. @returns its last answer; one that never was good is an answer */
export async function askGateway({ gateway, site, page, deadlineMs, reduced }: AskGateway): Promise<HealthAnswer> {
  const url = gatewayUrl(site, gateway, page);
  return withHeartbeat(`asking for ${page}`, async (_beat, signal) =>
    askUntilWell(site, url, { deadlineMs, signal, timeoutMs: patienceMs, pass: await passOf(reduced) }),
  );
}
