import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { Client } from 'pg';
import type { Database, Service, Site, Store } from '../../plan';
import type { HealthAnswer } from '../../workflows/contracts/service';
import { findService } from '../shared/containers';
import { execIn } from '../shared/exec';
import { askPage, healthUrl } from '../shared/http-health';
import { withHeartbeat } from '../shared/heartbeat';
import { secret } from '../shared/secrets';

/** What a service cannot work without, as the plan describes it. */
export type Dependency = { service: Service } | { database: Database } | { store: Store };

export interface AskDependency {
  site: Site;
  on: Dependency;
  /** A no is believed at once. Default false: it is asked again. */
  once?: boolean;
}

/** Longest wait for one answer, milliseconds. */
const patienceMs = 3_000;
/** A no is asked again once, after this time: a failover takes about as long. */
const againMs = 1_000;

/**
 * Asks what a service depends on, as the service would: another service by its health page, a database through the client
 * path, a store by a PING. Nobody answering is an answer; what could not be asked for a reason of our own is a failure.
 * @throws DR-SECRET, DR-ENGINE
 */
export async function askDependency(args: AskDependency): Promise<HealthAnswer> {
  return withHeartbeat('asking a dependency', async (_beat, signal) => {
    const first = await ask(args.site, args.on, signal);
    if (first.healthy || args.once) return first;
    await sleep(againMs, undefined, { signal });
    return ask(args.site, args.on, signal);
  });
}

async function ask(site: Site, on: Dependency, signal: AbortSignal): Promise<HealthAnswer> {
  if ('service' in on) return askPage(site, healthUrl(site, on.service), signal, patienceMs);
  try {
    return 'database' in on ? await askDatabase(on.database) : await ping(site, on.store, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Not its word: the secret cannot be read, or the engine does not answer.
    if (error instanceof ApplicationFailure && error.type !== 'DR-TIMEOUT') throw error;
    return { healthy: false, says: (error as Error).message.slice(0, 300) };
  }
}

async function askDatabase({ clientPath }: Database): Promise<HealthAnswer> {
  const { host, port, database, user } = clientPath;
  const password = await secret(clientPath.password);
  const limits = { connectionTimeoutMillis: patienceMs, query_timeout: patienceMs };
  const client = new Client({ host, port, database, user, password, ...limits });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
    return rows[0]?.standby
      ? { healthy: false, says: 'the server behind the client path is read-only' }
      : { healthy: true, says: 'it answers through the client path' };
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** In its own container, by its own client: the port need not be reachable from here. */
async function ping(site: Site, store: Store, signal: AbortSignal): Promise<HealthAnswer> {
  const info = await findService(site, store.service);
  if (!info) return { healthy: false, says: 'it has no container' };
  const { Running, Paused } = info.State;
  if (!Running || Paused)
    return { healthy: false, says: Paused ? 'its container is paused' : 'its container does not run' };
  const env = store.password ? [`REDISCLI_AUTH=${await secret(store.password)}`] : [];
  const { stdout, stderr } = await execIn(site, info.Id, ['redis-cli', 'PING'], { env, signal, timeoutMs: patienceMs });
  const said = `${stdout}${stderr}`.trim();
  return { healthy: said === 'PONG', says: said.slice(0, 300) || 'it said nothing' };
}
