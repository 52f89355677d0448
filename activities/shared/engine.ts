import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import Docker from 'dockerode';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from './paths';
import { redact } from './redact';

const engines = new Map<string, Docker>();

/**
 * How long an engine may be silent during a call that is brief by nature, milliseconds. One that takes the call and hangs
 * is then an error that is tried again, instead of a step that never ends.
 */
const briefMs = 25_000;

/** The patience of the work under way, where it has one of its own. */
const patience = new AsyncLocalStorage<number>();
const briefly = (): number => patience.getStore() ?? briefMs;

/**
 * Does some work with less patience: an engine that is silent for longer is taken for one that hangs. While a database is
 * without its primary, 25 seconds for one question are not to be had.
 * @param silenceMs longest silence of an engine during a brief call; undefined: the patience there is
 */
export const withEnginePatience = <T>(silenceMs: number | undefined, work: () => Promise<T>): Promise<T> =>
  silenceMs === undefined ? work() : patience.run(silenceMs, work);

/**
 * The Docker engine of a site, by socket or TLS address. One client per address and time-out, kept for the worker's life.
 * @param silenceMs longest silence of the engine during a call (default 25 000, or what `withEnginePatience` set); a stop
 *   with a grace period needs more
 */
export function engineOf(site: Site, silenceMs = briefly()): Docker {
  const key = JSON.stringify([site.engine, silenceMs]);
  const known = engines.get(key);
  if (known) return known;
  const timeout = silenceMs === Infinity ? {} : { timeout: silenceMs };
  const made =
    'socketPath' in site.engine
      ? new Docker({ socketPath: site.engine.socketPath, ...timeout })
      : new Docker({
          protocol: 'https',
          host: site.engine.host,
          port: site.engine.port,
          ca: readFileSync(fromRoot(site.engine.tls.ca)),
          cert: readFileSync(fromRoot(site.engine.tls.cert)),
          key: readFileSync(fromRoot(site.engine.tls.key)),
          ...timeout,
        });
  engines.set(key, made);
  return made;
}

/** The same for calls whose silence means nothing: output of a program, waits for its end, removal of a large volume. */
export const patientEngineOf = (site: Site): Docker => engineOf(site, Infinity);

/** The same for a stop: the engine is silent until the container has ended or its grace period is over. */
export const stoppingEngineOf = (site: Site, graceSeconds: number): Docker =>
  engineOf(site, graceSeconds * 1000 + briefly());

/** Waits for the beginning of an answer whose end may be far: the engine must begin it in brief time. */
export async function begun<T>(call: Promise<T>): Promise<T> {
  let limit: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    const silence = briefly();
    limit = setTimeout(() => reject(new Error(`the engine said nothing for ${silence / 1000} s`)), silence);
  });
  return Promise.race([call, silent]).finally(() => clearTimeout(limit));
}

/** The engine's HTTP status of an error, if it is one. */
export function engineStatus(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** Runs an engine call; an engine that does not answer is a retryable DR-ENGINE, whatever library error it was. */
export async function onEngine<T>(site: Site, what: string, call: (engine: Docker) => Promise<T>): Promise<T> {
  try {
    return await call(engineOf(site));
  } catch (error) {
    // Ours already, or the run was cancelled: neither is the engine's doing.
    if (['ApplicationFailure', 'CancelledFailure', 'AbortError'].includes((error as Error).name)) throw error;
    throw drFailure('DR-ENGINE', `${what} at site ${site.name}: ${redact((error as Error).message)}`, { retry: true });
  }
}
