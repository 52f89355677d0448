import { readFileSync } from 'node:fs';
import Docker from 'dockerode';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from './paths';

const engines = new Map<string, Docker>();

/** The Docker engine of a site, by socket or TLS address. One client per address, kept for the worker's life. */
export function engineOf(site: Site): Docker {
  const key = JSON.stringify(site.engine);
  const known = engines.get(key);
  if (known) return known;
  const made =
    'socketPath' in site.engine
      ? new Docker({ socketPath: site.engine.socketPath })
      : new Docker({
          protocol: 'https',
          host: site.engine.host,
          port: site.engine.port,
          ca: readFileSync(fromRoot(site.engine.tls.ca)),
          cert: readFileSync(fromRoot(site.engine.tls.cert)),
          key: readFileSync(fromRoot(site.engine.tls.key)),
        });
  engines.set(key, made);
  return made;
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
    throw drFailure('DR-ENGINE', `${what} at site ${site.name}: ${(error as Error).message}`, { retry: true });
  }
}
