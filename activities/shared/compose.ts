import { spawn } from 'node:child_process';
import { parseEnv } from 'node:util';
import type { Site } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { readEnvFile } from './env-file';
import { fromRoot } from './paths';
import { redacted } from './redact';

/** Characters of output that are kept; a configuration printed as JSON is the longest that anybody reads. */
const keptOutput = 1_000_000;

/**
 * Runs `docker compose` for a site's project, arguments as an array.
 * @throws DR-COMPOSE with the end of its output, without secrets (retryable)
 */
export async function compose(site: Site, args: string[], signal?: AbortSignal): Promise<string> {
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
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('docker', command, {
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...passedOn(), COMPOSE_PROGRESS: 'plain', COMPOSE_ANSI: 'never', DOCKER_CLI_HINTS: 'false' },
    });
    const add = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-keptOutput));
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.name === 'AbortError'
          ? error
          : drFailure('DR-COMPOSE', `docker compose could not be started: ${error.message}`),
      ),
    );
    child.once('close', resolve);
  });
  if (code === 0) return output;
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

/**
 * The image that a service's container would be made of.
 * @throws DR-COMPOSE when the file cannot be read or has no such service
 */
export async function composeImage(site: Site, service: string, signal?: AbortSignal): Promise<string> {
  // Also prints what the service depends on, and every value of the env file: read here, handed on nowhere.
  const text = await compose(site, ['config', '--format', 'json', service], signal);
  const { services } = JSON.parse(text) as { services?: Record<string, { image?: string }> };
  const image = services?.[service]?.image;
  if (image) return image;
  throw drFailure('DR-COMPOSE', `service ${service} of ${site.compose.file} names no image`);
}
