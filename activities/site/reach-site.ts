import { cancellationSignal } from '@temporalio/activity';
import type { Gateway, Site } from '../../plan';
import { problemOf } from '../../workflows/contracts/errors';
import type { SiteReach } from '../../workflows/contracts/site';
import { withEnginePatience } from '../shared/engine';
import { askPage, gatewayUrl } from '../shared/http-health';
import { listServices } from '../shared/project';

export interface ReachSite {
  site: Site;
  /** The gateway as it is at that site. */
  gateway: Gateway;
  /** Page that a client would ask for. */
  page: string;
}

/** What has not answered by then counts as what does not answer, milliseconds. */
const patienceMs = 1_000;

/** Asks a site's engine for its containers and its gateway for a page, both at once. Changes nothing, never fails for a dead site. */
export async function reachSite({ site, gateway, page }: ReachSite): Promise<SiteReach> {
  const signal = cancellationSignal();
  const [found, client] = await Promise.all([
    withEnginePatience(patienceMs, () => listServices(site)).catch((error: unknown) => {
      signal.throwIfAborted();
      return problemOf(error).message;
    }),
    askPage(site, gatewayUrl(site, gateway, page), signal, patienceMs),
  ]);
  const seen = { site: site.name, at: new Date().toISOString(), client };
  if (typeof found === 'string')
    return { ...seen, engine: { answered: false, says: found }, running: [], containers: 0 };
  const running = [...found].filter(([, one]) => one.State === 'running').map(([service]) => service);
  return {
    ...seen,
    engine: { answered: true, says: `${running.length} of ${found.size} containers run` },
    running,
    containers: found.size,
  };
}
