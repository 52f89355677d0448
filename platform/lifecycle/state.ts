import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { run } from '../run';
import { readEnv, writeEnv } from './env';
import { keyDirectory, PLATFORM_LABEL, PORTS, stateDirectory, type Stack } from './layout';

export const SECRETS = [
  'PG_PASSWORD',
  'REPLICATION_PASSWORD',
  'PGBOUNCER_ADMIN_PASSWORD',
  'REDIS_PASSWORD',
  'TOKEN_SECRET',
  'PGBACKREST_REPO1_CIPHER_PASS',
  'GATEWAY_PASS',
];

const REDIS_CONF = `# Redis of The Shandi. The password is added at start from the environment.
bind 0.0.0.0
dir /data
appendonly yes
appendfsync everysec
save 900 1
save 60 1000
maxmemory 256mb
maxmemory-policy noeviction
`;

const UPSTREAMS = `# Which gateways are behind the door. A failover rewrites this file and reloads nginx.
upstream api_gateway {
  server api-gateway:8000 max_fails=3 fail_timeout=30s;
}
`;

/** Whoever shows this value is let through while clients are kept out. */
const passMap = (pass: string): string =>
  `# Value of the header X-DR-Pass, as GATEWAY_PASS of the env file has it.\n"${pass}" 1;\n`;

const databases = (
  host: string,
): string => `; Which server a database lives on. A recovery rewrites this file and issues RELOAD.
[databases]
theshandi_db = host=${host} port=5432 dbname=theshandi_db
`;

const DATABASE_HOST: Record<Stack, string> = {
  prod: 'postgres',
  test: 'postgres',
  drill: 'postgres',
  backup: 'backup-postgres',
};

/** Writes a file unless it is there: a state directory keeps what recoveries changed in it. */
async function once(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode: 0o644 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Has openssl, and is the one that serves the certificate. */
const NGINX_IMAGE = 'shandi/nginx:1';

/** A self-signed certificate of the front door, made in the image that serves it: nothing is asked of the host. */
async function certificate(directory: string): Promise<void> {
  const [key, cert] = [join(directory, 'server.key'), join(directory, 'server.crt')];
  if (existsSync(cert)) return;
  const names = 'subjectAltName=DNS:api.theshandi.com,DNS:backup-api.theshandi.com,DNS:localhost,IP:127.0.0.1';
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/O=The Shandi/CN=api.theshandi.com', '-addext', names, '-days', '90'];
  // Both come on standard output: no directory is shared, whose files would be another user's, and no log keeps the key.
  const container = ['run', '--rm', '--pull', 'never', '--network', 'none', '--log-driver', 'none'];
  const openssl = ['--entrypoint', 'openssl', NGINX_IMAGE, 'req', '-x509', ...curve, ...subject];
  const { stdout } = await run('docker', [...container, ...openssl, '-keyout', '-', '-out', '-']);
  const pem = (what: string): string => {
    const found = new RegExp(`-----BEGIN ${what}-----[^-]+-----END ${what}-----\n`).exec(stdout)?.[0];
    if (!found) throw new Error(`openssl of ${NGINX_IMAGE} wrote no ${what}`);
    return found;
  };
  await writeFile(key, pem('PRIVATE KEY'), { mode: 0o600 });
  await writeFile(cert, pem('CERTIFICATE'));
}

/** The key pair of the bundles, as `age-keygen` would write it: made once, or what it has encrypted could not be opened. */
async function keyPair(directory: string): Promise<void> {
  const file = join(directory, 'identity.txt');
  if (existsSync(file)) return;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  await writeFile(join(directory, 'recipient.txt'), `${recipient}\n`);
  await writeFile(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
}

/**
 * Makes a project's state directory: env file with passwords drawn once, certificate, pooler, nginx and Redis
 * configuration; and the key pair of its bundles. What exists is kept; of the env file only what is missing is added, and the ports when they are asked
 * for anew.
 *
 * @param portOffset added to every port of the plan; undefined keeps the ports the project has
 * @param stack decides which server the pooler begins with
 * @param given entries that another site decides, such as the passwords that lie inside the database
 * @returns the env file's entries
 */
export async function ensureState(
  project: string,
  portOffset?: number,
  stack: Stack = 'prod',
  given: Record<string, string> = {},
): Promise<Record<string, string>> {
  const directory = stateDirectory(project);
  for (const part of ['certs', 'pgbouncer', 'nginx', 'redis', 'status'])
    await mkdir(join(directory, part), { recursive: true });
  const env: Record<string, string> = {
    PLATFORM_PROJECT: project,
    // Relative to the compose file's directory, so that a checkout can be moved.
    STATE_DIR: `../state/${project}`,
    MAINTENANCE_MODE: 'false',
    DATABASE_HOST: DATABASE_HOST[stack],
    PGDATA_VOLUME: `${project}_pgdata`,
    STANDBY_PGDATA_VOLUME: `${project}_pgdata_standby`,
    PGREPO_VOLUME: `${project}_pgrepo`,
    REDIS_VOLUME: `${project}_redis`,
    ...(await readEnv(project)),
    ...given,
  };
  for (const name of SECRETS) env[name] ??= randomBytes(24).toString('hex');
  for (const [name, port] of Object.entries(PORTS))
    if (portOffset !== undefined || env[name] === undefined) env[name] = String(port + (portOffset ?? 0));
  await writeEnv(project, env);
  await once(join(directory, 'pgbouncer', 'databases.ini'), databases(DATABASE_HOST[stack]));
  await once(join(directory, 'nginx', 'upstreams.conf'), UPSTREAMS);
  await writeFile(join(directory, 'nginx', 'pass.map'), passMap(env['GATEWAY_PASS'] ?? ''), { mode: 0o600 });
  await once(join(directory, 'redis', 'redis.conf'), REDIS_CONF);
  await certificate(join(directory, 'certs'));
  await keyPair(keyDirectory(project));
  return env;
}

/** Makes the volumes the env file names, labelled as the project's. Volumes that exist are left as they are. */
export async function ensureVolumes(project: string, env: Record<string, string>): Promise<void> {
  for (const variable of ['PGDATA_VOLUME', 'STANDBY_PGDATA_VOLUME', 'PGREPO_VOLUME', 'REDIS_VOLUME'])
    await run('docker', ['volume', 'create', '--label', `${PLATFORM_LABEL}=${project}`, env[variable] ?? '']);
}
