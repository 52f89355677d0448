import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway, ReducedGateway, Site } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { withLimit } from './limit';
import { hostOf } from './new-connection';
import { passHeaders } from './pass';
import { redacted } from './redact';

/** Longest wait for one answer of a service that is looked at many times, milliseconds. */
const oneLookMs = 2_000;
const longestWords = 300;

/** Where a service answers its health page, seen from the worker beside it. */
export const healthUrl = (site: Site, { port, health }: { port: number; health: { path: string } }): string =>
  `http://${hostOf(site)}:${port}${health.path}`;

/** Where a page is that clients ask for, seen from the worker beside the gateway. */
export const gatewayUrl = (site: Site, { ports }: Gateway, page: string): string =>
  `http://${hostOf(site)}:${ports.http}${page}`;

/** How a page is asked for that the gateway keeps clients from: it says so by a header, and lets through who shows the pass. */
export interface Pass {
  modeHeader: string;
  headers: Record<string, string>;
}

/** The pass of the plan; undefined where it names none. */
export async function passOf(reduced: ReducedGateway | undefined): Promise<Pass | undefined> {
  const headers = reduced && (await passHeaders(reduced));
  return headers && { modeHeader: reduced.modeHeader, headers };
}

/**
 * Asks a page once. Docker's own verdict on a container comes every 30 s at best, so the service is asked itself.
 * @returns what it said; nobody answering is an answer
 */
export async function askPage(
  site: Site,
  url: string,
  signal: AbortSignal,
  timeoutMs = oneLookMs,
  pass?: Pass,
): Promise<HealthAnswer> {
  try {
    return await withLimit(signal, timeoutMs, async (limited) => {
      let response = await fetch(url, { signal: limited, redirect: 'manual' });
      const mode = pass && response.headers.get(pass.modeHeader);
      if (pass && mode) {
        await response.body?.cancel();
        response = await fetch(url, { signal: limited, redirect: 'manual', headers: pass.headers });
      }
      const { ok, status } = response;
      const shown = mode ? `${mode} is on, asked with the pass: ` : '';
      const text = (await response.text()).replace(/\s+/g, ' ').trim();
      // A service may print what it was given, its passwords too.
      const words = ok ? '' : await redacted(site, text);
      return {
        healthy: ok,
        status,
        says: `${shown}status ${status}${words ? `: ${words}` : ''}`.slice(0, longestWords),
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    return { healthy: false, says: whyNobody(error, timeoutMs) };
  }
}

/**
 * Asks until the answer is 2xx or the deadline passes. The first time is at once.
 * @returns the last answer; one that never was good is an answer
 */
export async function askUntilWell(
  site: Site,
  url: string,
  options: {
    deadlineMs: number;
    signal: AbortSignal;
    timeoutMs?: number;
    told?: (answer: HealthAnswer) => void;
    pass?: Pass | undefined;
  },
): Promise<HealthAnswer> {
  const end = Date.now() + options.deadlineMs;
  for (;;) {
    const answer = await askPage(site, url, options.signal, options.timeoutMs, options.pass);
    options.told?.(answer);
    if (answer.healthy || Date.now() >= end) return answer;
    await sleep(betweenLooksMs, undefined, { signal: options.signal });
  }
}

const betweenLooksMs = 50;

/** The cause says "connection refused"; the error itself only "fetch failed". */
function whyNobody(error: unknown, timeoutMs: number): string {
  if ((error as Error).name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return (cause?.code ?? cause?.message ?? (error as Error).message).slice(0, longestWords);
}
