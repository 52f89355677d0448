import type { Gateway, ReducedGateway, Site } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { withHeartbeat } from '../shared/heartbeat';
import { askUntilWell, gatewayUrl, passOf } from '../shared/http-health';

export interface AskPages {
  gateway: Gateway;
  site: Site;
  pages: string[];
  /** How long each may take until it answers 2xx, milliseconds; 0: it is asked once. */
  deadlineMs: number;
  /** Where a mode of reduced functionality keeps clients out, the pass of the plan is shown, and the answers say so. */
  reduced?: ReducedGateway | undefined;
}

export interface PageAnswer extends HealthAnswer {
  page: string;
}

/** Longer than a look at a health page: a business page does work. */
const patienceMs = 3_000;

/** Asks for pages the way clients do, through the gateway, all at once. @returns the last answer of each */
export async function askPages({ gateway, site, pages, deadlineMs, reduced }: AskPages): Promise<PageAnswer[]> {
  return withHeartbeat(`asking for ${pages.length} pages`, async (_beat, signal) => {
    const options = { deadlineMs, signal, timeoutMs: patienceMs, pass: await passOf(reduced) };
    return Promise.all(
      pages.map(async (page) => ({ page, ...(await askUntilWell(site, gatewayUrl(site, gateway, page), options)) })),
    );
  });
}
