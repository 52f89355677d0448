import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Traffic } from '../../plan';
import type { TrafficAnswer } from '../../workflows/contracts/site';
import { withHeartbeat } from '../shared/heartbeat';

export interface CheckTraffic {
  traffic: Traffic;
  /** Public name of the site that clients are to come to. */
  target: string;
  /** How long it may take until it holds, milliseconds; 0: it is looked at once. */
  deadlineMs: number;
}

const betweenLooksMs = 200;
/** Longest wait for one page, milliseconds. */
const pageMs = 3_000;

/**
 * Whether clients come to a site: the public name resolves to an address of the site's own name, or, where the plan names a page
 * before the sites, that page answers 2xx under the public name.
 * @returns the last answer; that clients do not come is an answer
 */
export async function checkTraffic({ traffic, target, deadlineMs }: CheckTraffic): Promise<TrafficAnswer> {
  const end = Date.now() + deadlineMs;
  return withHeartbeat(`looking where ${traffic.record} leads`, async (_beat, signal) => {
    for (;;) {
      const answer = traffic.page ? await askPage(traffic, traffic.page) : await resolveBoth(traffic.record, target);
      if (answer.ok || Date.now() >= end) return answer;
      await sleep(betweenLooksMs, undefined, { signal });
    }
  });
}

async function resolveBoth(record: string, target: string): Promise<TrafficAnswer> {
  const [is, wanted] = await Promise.all([addresses(record), addresses(target)]);
  const common = is.addresses.filter((one) => wanted.addresses.includes(one));
  if (common.length > 0) return { ok: true, says: `${record} resolves to ${common.join(', ')}, as ${target} does` };
  const words = (name: string, { addresses: list, why }: Resolved): string =>
    `${name} ${list.length > 0 ? `resolves to ${list.join(', ')}` : `does not resolve (${why})`}`;
  return { ok: false, says: `${words(record, is)}; ${words(target, wanted)}`.slice(0, 300) };
}

interface Resolved {
  addresses: string[];
  why: string;
}

const addresses = (name: string): Promise<Resolved> =>
  lookup(name, { all: true }).then(
    (found) => ({ addresses: found.map(({ address }) => address), why: '' }),
    (error: NodeJS.ErrnoException) => ({ addresses: [], why: error.code ?? error.message }),
  );

/** Under the public name, wherever it is asked: what stands before the sites chooses by it. */
function askPage({ record }: Traffic, page: NonNullable<Traffic['page']>): Promise<TrafficAnswer> {
  const { host, port, path } = page;
  const where = `http${page.tls ? 's' : ''}://${host}:${port}${path}`;
  return new Promise((resolve) => {
    const say = (ok: boolean, says: string): void => resolve({ ok, says: `${where}: ${says}`.slice(0, 300) });
    const options = { host, port, path, headers: { host: record }, timeout: pageMs, agent: false };
    const asked = page.tls ? httpsRequest({ ...options, servername: record }) : httpRequest(options);
    asked.once('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      say(status >= 200 && status < 300, `status ${status}`);
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${pageMs} ms`)));
    asked.once('error', (error: NodeJS.ErrnoException) => say(false, error.code ?? error.message));
    asked.end();
  });
}
