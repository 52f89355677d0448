import { belonging, refuseForeign } from './belonging';
import { compose, execIn } from './compose';
import { checkProject, composeFile, type Stack } from './layout';
import { connection, httpStatus, queryOnce, until } from './probe';
import { readRoles } from './roles';
import { SERVICES } from './services';
import { ensureState, ensureVolumes } from './state';

export interface UpOptions {
  /** Compose project. Default `shandi`. */
  project?: string;
  /** Added to every port of the plan. Default: the ports the project has, 0 for a new one. */
  portOffset?: number;
  /** `prod` (default), `test`: it restarts nothing by itself, or `drill`: and its network leads nowhere. */
  stack?: Exclude<Stack, 'backup'>;
  /** Is told one line per thing that is done. */
  log?: (line: string) => void;
}

export interface Addresses {
  gateway: string;
  gatewayTls: string;
  apiGateway: string;
  postgres: string;
  standby: string;
  pgbouncer: string;
  redis: string;
}

export interface UpResult {
  project: string;
  seconds: number;
  envFile: string;
  addresses: Addresses;
}

/** A project that runs as one stack is not turned into another: compose would recreate the database under its clients. */
async function refuseOtherStack(project: string, stack: Stack): Promise<void> {
  const found = await belonging(project);
  refuseForeign(project, found);
  const other = found.ours.find(({ files }) => files !== composeFile(stack));
  if (other)
    throw new Error(
      `project ${project} exists already, made from ${other.files}, and was asked for as '${stack}' (${composeFile(stack)}): ` +
        `take another --project, or remove it first (npm run platform -- down --project ${project})`,
    );
}

/** Stanza and a first full backup: without one there is nothing to recover from. Both are left alone when there. */
async function firstBackup(project: string, log: (line: string) => void): Promise<void> {
  const { primary } = await readRoles(project);
  const pgbackrest = async (...args: string[]): Promise<string> => {
    const result = await execIn(project, primary.service, ['pgbackrest', '--stanza=main', ...args], 10 * 60_000);
    if (result.code !== 0)
      throw new Error(`pgbackrest ${args.join(' ')} failed: ${(result.stderr || result.stdout).trim()}`);
    return result.stdout;
  };
  const backups = async (): Promise<number> => {
    const info = JSON.parse(await pgbackrest('info', '--output=json')) as { backup?: unknown[] }[];
    return info[0]?.backup?.length ?? 0;
  };
  if ((await backups()) > 0) return log('a backup is there');
  const began = Date.now();
  await pgbackrest('stanza-create');
  await pgbackrest('--type=full', 'backup');
  log(`first full backup in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/**
 * Brings the platform up and returns when it works: every service healthy by our own probes, an order path that can
 * write, the standby streaming, a full backup in the repository. Repeating it on a running platform changes nothing.
 *
 * The images have to be built (`buildImages`).
 */
export async function platformUp(options: UpOptions = {}): Promise<UpResult> {
  const began = Date.now();
  const project = checkProject(options.project ?? 'shandi');
  const stack = options.stack ?? 'prod';
  const say = options.log ?? (() => undefined);
  const log = (line: string): void => say(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  await refuseOtherStack(project, stack);
  const env = await ensureState(project, options.portOffset);
  const value = (name: string): string => env[name] ?? '';
  await ensureVolumes(project, env);
  log(`state directory and volumes of project ${project} are ready`);

  // The database first: everything else waits for it, and its backup and standby can be made while the rest starts.
  const { primary, standby: follower } = await readRoles(project);
  await compose(project, stack, ['up', '-d', '--no-deps', primary.service, 'redis', 'pgbouncer']);
  await until('the database takes connections', () =>
    queryOnce(connection(env, primary.port), 'SELECT 1 WHERE NOT pg_is_in_recovery()').then((rows) => rows[0]),
  );
  log('the database answers');

  const services = async (): Promise<void> => {
    await compose(project, stack, ['up', '-d', '--no-recreate']);
    log('all containers are started');
    await Promise.all(
      SERVICES.map(({ name, portName }) =>
        until(`${name} is healthy`, async () =>
          (await httpStatus(`http://127.0.0.1:${value(portName)}/health`)) === 200 ? true : undefined,
        ),
      ),
    );
    log('all services are healthy');
    // nginx keeps the addresses it found at its start, and containers that were started again may have swapped theirs.
    await execIn(project, 'nginx', ['nginx', '-s', 'reload']);
    await until('the gateway passes requests', async () =>
      (await httpStatus(`http://127.0.0.1:${value('NGINX_PORT')}/api/orders?limit=1`)) === 200 ? true : undefined,
    );
    log('the gateway passes requests');
  };
  const standby = async (): Promise<void> => {
    await until('the standby streams', async () => {
      const rows = await queryOnce<{ age: number | null }>(
        connection(env, follower.port),
        'SELECT extract(epoch FROM clock_timestamp() - max(at))::float8 AS age FROM dr_heartbeat WHERE pg_is_in_recovery()',
      );
      // The standby is good when a heartbeat written just now can be read there; a state called "streaming" is not that.
      const age = rows[0]?.age;
      return typeof age === 'number' && age < 5 ? true : undefined;
    });
    log('the standby follows');
  };
  await Promise.all([services(), firstBackup(project, log), standby()]);
  return {
    project,
    seconds: (Date.now() - began) / 1000,
    envFile: `platform/state/${project}/.env`,
    addresses: addresses(env),
  };
}

/** Where a running platform can be reached. */
export function addresses(env: Record<string, string>): Addresses {
  const at = (name: string): string => `127.0.0.1:${env[name] ?? '?'}`;
  return {
    gateway: `http://${at('NGINX_PORT')}`,
    gatewayTls: `https://${at('NGINX_TLS_PORT')}`,
    apiGateway: `http://${at('API_GATEWAY_PORT')}`,
    postgres: at('POSTGRES_PORT'),
    standby: at('STANDBY_PORT'),
    pgbouncer: at('PGBOUNCER_PORT'),
    redis: at('REDIS_PORT'),
  };
}
