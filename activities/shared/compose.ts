import { spawn } from 'node:child_process';
import { parseEnv } from 'node:util';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { readEnvFile } from './env-file';
import { fromRoot } from './paths';
import { redacted } from './redact';

/**
 * Runs `docker compose` for a site's project, arguments as an array.
 * @throws DR-COMPOSE with the end of its output, without secrets (retryable)
 */
export async function compose(site: Site, args: string[], signal?: AbortSignal): Promise<void> {
  await run(site, args, signal);
}

/** The same; @returns what it printed on standard output: may hold secrets */
async function run(site: Site, args: string[], signal?: AbortSignal): Promise<string> {
  const command = [
    ...engineOptions(site),
    'compose',
    '-p',
    site.compose.project,
    '-f',
    fromRoot(site.compose.file),
    '--env-file',
    fromRoot(site.compose.envFile),
    ...args,
  ];
  let output = '';
  let printed = '';
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('docker', command, {
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...passedOn(), COMPOSE_PROGRESS: 'plain', COMPOSE_ANSI: 'never', DOCKER_CLI_HINTS: 'false' },
    });
    const add = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-20_000));
    child.stdout.on('data', (chunk: Buffer) => {
      add(chunk);
      printed += chunk.toString('utf8');
    });
    child.stderr.on('data', add);
    let aborted: Error | undefined;
    child.once('error', (error: NodeJS.ErrnoException) => {
      // Told to end: whoever undoes what it did must not begin before it has.
      if (error.name === 'AbortError') aborted = error;
      else reject(drFailure('DR-COMPOSE', `docker compose could not be started: ${error.message}`));
    });
    child.once('close', (code) => (aborted ? reject(aborted) : resolve(code)));
  });
  if (code === 0) return printed;
  // Compose quotes what it interpolates, and names files of this machine.
  const said = (await redacted(site, output)).trim().slice(-500);
  throw drFailure('DR-COMPOSE', `docker compose ${args.join(' ')} at site ${site.name} ended with ${code}: ${said}`, {
    retry: true,
  });
}

/** The engine of the site, as options of the docker client. */
function engineOptions({ engine }: Site): string[] {
  if ('socketPath' in engine) return ['--host', `unix://${engine.socketPath}`];
  const { ca, cert, key } = engine.tls;
  const tls = ['--tlsverify', '--tlscacert', fromRoot(ca), '--tlscert', fromRoot(cert), '--tlskey', fromRoot(key)];
  return ['--host', `tcp://${engine.host}:${engine.port}`, ...tls];
}

/**
 * What Compose may see of our environment: where programs and the client's plugins are. Any other variable would win over
 * the site's env file, so that a volume name or password exported in some shell would undo a cut-over.
 */
function passedOn(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'DOCKER_CONFIG', 'XDG_CONFIG_HOME', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/**
 * A variable of the site's compose env file; undefined when it is not there. Not for secrets: see `secret`.
 * @throws DR-COMPOSE when the file cannot be read
 */
export async function composeVariable(site: Site, name: string): Promise<string | undefined> {
  return parseEnv(await readEnvFile(site))[name];
}

/** What Compose would make a service's container of. */
export interface ComposedService {
  image: string;
  entrypoint: string[] | undefined;
  command: string[] | undefined;
  user: string | undefined;
  /** Bytes; 0: no limit. */
  memory: number;
  /** With secrets: for the engine, and nobody else. */
  environment: Record<string, string>;
  volumes: { type: string; source: string; target: string }[];
}

/**
 * The service as Compose understands its file and env file.
 * @throws DR-COMPOSE when they cannot be read, or the service names no image
 */
export async function composeService(site: Site, service: string, signal?: AbortSignal): Promise<ComposedService> {
  // Also prints what the service depends on, and every value of the env file: read here, handed on nowhere.
  const text = await run(site, ['config', '--format', 'json', service], signal);
  const found = read(text, site).services?.[service] ?? {};
  const { image, entrypoint, command, user, mem_limit: memory, environment, volumes } = found;
  if (!image)
    throw drFailure('DR-COMPOSE', `service ${service} of ${site.compose.file} names no image that Compose can tell`);
  return {
    image,
    entrypoint: entrypoint?.map(plain),
    command: command?.map(plain),
    user,
    memory: Number(memory ?? 0),
    environment: Object.fromEntries(
      Object.entries(environment ?? {}).map(([name, value]) => [name, plain(value ?? '')]),
    ),
    volumes: (volumes ?? []).map(({ type, source = '', target }) => ({ type, source, target })),
  };
}

/** Compose doubles every dollar sign in what it prints, so that it could read it again. */
const plain = (value: string): string => value.replaceAll('$$', '$');

/**
 * The image of every service of a site's project, those of its profiles too, in one call. One that Compose builds and that
 * names no image gets the name Compose gives it: `<project>-<service>`.
 * @throws DR-COMPOSE when its file or its env file cannot be read
 */
export async function composeImages(site: Site, signal?: AbortSignal): Promise<Map<string, string>> {
  const { name, services } = read(await run(site, ['--profile', '*', 'config', '--format', 'json'], signal), site);
  return new Map(Object.entries(services ?? {}).map(([service, raw]) => [service, raw.image ?? `${name}-${service}`]));
}

/**
 * What Compose would make of each service now, as the hash that it writes on a container when it makes it (its label
 * `com.docker.compose.config-hash`): where they differ the container has an older configuration.
 * @throws DR-COMPOSE when its file or its env file cannot be read
 */
export async function composeHashes(site: Site, signal?: AbortSignal): Promise<Map<string, string>> {
  const text = await run(site, ['config', '--hash', '*'], signal);
  return new Map([...text.matchAll(/^(\S+) ([0-9a-f]{64})$/gm)].map(([, service = '', hash = '']) => [service, hash]));
}

/** A parser quotes what it could not read, and that may be a secret: it is not handed on. */
function read(text: string, site: Site): RawProject {
  try {
    return JSON.parse(text) as RawProject;
  } catch {
    throw drFailure('DR-COMPOSE', `what Compose printed of ${site.compose.file} is not JSON`);
  }
}

interface RawProject {
  name: string;
  services?: Record<string, RawService>;
}

interface RawService {
  image?: string;
  entrypoint?: string[] | null;
  command?: string[] | null;
  user?: string;
  mem_limit?: string | number;
  environment?: Record<string, string | null>;
  volumes?: { type: string; source?: string; target: string }[];
}
