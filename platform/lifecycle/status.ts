import { run } from '../run';
import { execIn } from './compose';
import { readEnv } from './env';
import { checkProject } from './layout';
import { connection, httpStatus, queryOnce } from './probe';
import { readRoles } from './roles';
import { SERVICES } from './services';
import { addresses, type Addresses } from './up';

export interface ServiceStatus {
  name: string;
  /** The container's state by Docker: running, exited, paused …; `missing` when there is none. */
  container: string;
  /** What its /health says now; only for the fifteen services. */
  healthy?: boolean;
}

export interface PlatformStatus {
  project: string;
  /** True when every container runs, every service is healthy and the standby follows. */
  ok: boolean;
  services: ServiceStatus[];
  database: {
    /** Compose service of the server that the pooler sends the clients to. */
    primary: string;
    /** Seconds since the newest heartbeat on the primary; null when it cannot be read. */
    heartbeatAge: number | null;
    standbyHeartbeatAge: number | null;
    backups: number | null;
    lastArchivedWal: string | null;
  };
  addresses: Addresses;
}

async function containerStates(project: string): Promise<Map<string, string>> {
  const format = '{{.Label "com.docker.compose.service"}} {{.State}}';
  const label = `label=com.docker.compose.project=${project}`;
  const { stdout } = await run('docker', ['ps', '-a', '--filter', label, '--format', format]);
  return new Map(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]),
  );
}

async function orNull<T>(promise: Promise<T | undefined>): Promise<T | null> {
  return (await promise.catch(() => undefined)) ?? null;
}

/** What of a platform works now, by asking it. */
export async function platformStatus({ project: name = 'shandi' }: { project?: string } = {}): Promise<PlatformStatus> {
  const project = checkProject(name);
  const env = await readEnv(project);
  const { primary, standby } = await readRoles(project);
  const states = await containerStates(project);
  const age = async (port: 'POSTGRES_PORT' | 'STANDBY_PORT'): Promise<number | undefined> => {
    const sql = 'SELECT extract(epoch FROM clock_timestamp() - max(at))::float8 AS age FROM dr_heartbeat';
    return (await queryOnce<{ age: number }>(connection(env, port), sql))[0]?.age;
  };
  const backups = async (): Promise<number | undefined> => {
    const { code, stdout } = await execIn(project, primary.service, ['pgbackrest', 'info', '--output=json']);
    if (code !== 0) return undefined;
    return (JSON.parse(stdout) as { backup?: unknown[] }[])[0]?.backup?.length;
  };
  const archived = async (): Promise<string | undefined> => {
    const rows = await queryOnce<{ wal: string | null }>(
      connection(env, primary.port),
      'SELECT last_archived_wal AS wal FROM pg_stat_archiver',
    );
    return rows[0]?.wal ?? undefined;
  };
  const [services, heartbeatAge, standbyHeartbeatAge, count, lastArchivedWal] = await Promise.all([
    Promise.all(
      SERVICES.map(async ({ name: service, portName }): Promise<ServiceStatus> => {
        const healthy = (await httpStatus(`http://127.0.0.1:${env[portName] ?? '0'}/health`)) === 200;
        return { name: service, container: states.get(service) ?? 'missing', healthy };
      }),
    ),
    orNull(age(primary.port)),
    orNull(age(standby.port)),
    orNull(backups()),
    orNull(archived()),
  ]);
  for (const service of ['nginx', 'pgbouncer', 'postgres', 'postgres-standby', 'redis'])
    services.push({ name: service, container: states.get(service) ?? 'missing' });
  const ok =
    services.every((service) => service.container === 'running' && service.healthy !== false) &&
    standbyHeartbeatAge !== null &&
    standbyHeartbeatAge < 10;
  const database = { primary: primary.service, heartbeatAge, standbyHeartbeatAge, backups: count, lastArchivedWal };
  return { project, ok, services, database, addresses: addresses(env) };
}
