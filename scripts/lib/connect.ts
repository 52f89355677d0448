/**
 * The way to the control plane. Settings come from where the `temporal` CLI takes them (flags, `TEMPORAL_*`, profile), then
 * from the embedded control plane of this checkout, then 127.0.0.1:7233.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile } from '@temporalio/envconfig';
import { drHome } from '../../activities/shared/paths';
import type { Context } from './context';
import { Fault } from './fault';
import { nobodyListens } from './listening';

/** One call may take this long; a server that is slower is as good as away at 3 a.m. Milliseconds. */
export const callTimeout = 10_000;

export interface ControlPlane {
  client: Client;
  address: string;
  namespace: string;
  close: () => Promise<void>;
}

function profileOf({ options }: Context): ClientConfigProfile {
  try {
    return loadClientConfigProfile({
      ...(options.profile ? { profile: options.profile } : {}),
      ...(options.configFile ? { configSource: { path: options.configFile } } : {}),
    });
  } catch (error) {
    const source = [
      ...(options.profile ? [`--profile ${options.profile}`] : []),
      ...(options.configFile ? [`--config-file ${options.configFile}`] : []),
    ].join(' ');
    const why = (error as Error).message;
    throw new Fault(
      'input',
      `The connection settings (${source || 'TEMPORAL_* and the configuration file of the temporal CLI'}) cannot be read: ${why}. Expected an existing profile of a readable TOML file.`,
      'List the profiles with `temporal config list`.',
    );
  }
}

/** Address of the embedded control plane, if it was started from this checkout. */
export function embedded(): { address: string; uiUrl?: string } | undefined {
  try {
    const state = JSON.parse(readFileSync(join(drHome(), 'control-plane.json'), 'utf8')) as {
      address?: string;
      uiUrl?: string;
    };
    return state.address ? { address: state.address, ...(state.uiUrl ? { uiUrl: state.uiUrl } : {}) } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Fault with exit code 8 when nobody answers, 2 when the settings are bad */
export async function connect(context: Context): Promise<ControlPlane> {
  const profile = profileOf(context);
  const address = context.options.address ?? profile.address ?? embedded()?.address ?? '127.0.0.1:7233';
  const namespace = context.options.namespace ?? profile.namespace ?? 'default';
  const { connectionOptions } = toClientOptions({ ...profile, address, namespace });
  if (await nobodyListens(address)) throw unreachable(address, 'nobody listens there');
  try {
    // The worker's options are a superset only in name; what envconfig fills in is common to both.
    const { tls, apiKey, metadata } = connectionOptions;
    const connection = await Connection.connect({
      address,
      connectTimeout: 5_000,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
    });
    return { client: new Client({ connection, namespace }), address, namespace, close: () => connection.close() };
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** The sentence for a control plane that does not answer, with its address and how to start one. */
export function unreachable(address: string, error: unknown): Fault {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new Fault(
    'unreachable',
    `The control plane at ${address} does not answer (${why}).`,
    'Start the embedded one with `./dr up`, or name another with --address, --profile or TEMPORAL_ADDRESS.',
  );
}

/** Runs one call with a deadline, and says in a sentence when the server is gone. */
export async function bounded<T>(plane: ControlPlane, call: () => Promise<T>, timeout = callTimeout): Promise<T> {
  try {
    return await plane.client.withDeadline(Date.now() + timeout, call);
  } catch (error) {
    // The server took the update and the run did not answer in time: who sent it has more to say about that.
    if (isAway(error) && !(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError))
      throw unreachable(plane.address, error);
    throw error;
  }
}

/** gRPC: 14 unavailable, 4 deadline exceeded. */
export function isAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = (at as Error & { code?: unknown }).code;
    if (code === 14 || code === 4) return true;
  }
  return false;
}

/** Opens the way, does the work, closes it whatever happens. */
export async function withControlPlane<T>(context: Context, work: (plane: ControlPlane) => Promise<T>): Promise<T> {
  const plane = await connect(context);
  try {
    return await work(plane);
  } finally {
    await plane.close().catch(() => undefined);
  }
}
