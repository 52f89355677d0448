import type { StoreAt } from '../../workflows/contracts/store';
import { drFailure } from '../../workflows/contracts/errors';
import { execIn } from '../shared/exec';
import { secret } from '../shared/secrets';

export interface CliOptions {
  signal?: AbortSignal;
  /** Milliseconds (default 5 000). */
  timeoutMs?: number;
}

/**
 * Asks a Redis server by its own client, in its own container, so that the port need not be reachable from here.
 * @returns what it printed
 * @throws DR-STORE with what it complained
 */
export async function redisCli(
  { store, site }: StoreAt,
  container: string,
  command: string[],
  { signal, timeoutMs = 5_000 }: CliOptions = {},
): Promise<string> {
  const env = store.password ? [`REDISCLI_AUTH=${await secret(store.password)}`] : [];
  const words = ['redis-cli', '--no-auth-warning', '-e', ...command];
  const { exitCode, stdout, stderr } = await execIn(site, container, words, {
    env,
    timeoutMs,
    ...(signal ? { signal } : {}),
  });
  if (exitCode === 0) return stdout.trim();
  const said = `${stdout}${stderr}`.trim().slice(-300) || `exit code ${exitCode}`;
  throw drFailure('DR-STORE', `${store.name} at site ${site.name} answered ${command[0] ?? ''} with: ${said}`, {
    retry: true,
  });
}

/** Fields of a section of INFO, as the server names them. */
export async function redisInfo(
  at: StoreAt,
  container: string,
  section: string,
  options: CliOptions = {},
): Promise<Record<string, string>> {
  const text = await redisCli(at, container, ['INFO', section], options);
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Keys of all databases, and those that expire among them. */
export async function countKeys(
  at: StoreAt,
  container: string,
  options: CliOptions = {},
): Promise<{ keys: number; expiring: number }> {
  const databases = Object.values(await redisInfo(at, container, 'keyspace', options));
  const sum = (field: string): number =>
    databases.reduce((total, line) => total + Number(new RegExp(`\\b${field}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
  return { keys: sum('keys'), expiring: sum('expires') };
}
