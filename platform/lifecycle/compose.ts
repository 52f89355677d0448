import { run, type RunResult } from '../run';
import { composeFile, envFile, type Stack } from './layout';

let found: Promise<[program: string, ...first: string[]]> | undefined;

/** How Docker Compose v2 is called here: as Docker's plugin, or as a program of its own. */
async function find(): Promise<[string, ...string[]]> {
  const plugin = await run('docker', ['compose', 'version'], { tolerate: true });
  if (plugin.code === 0) return ['docker', 'compose'];
  const alone = await run('docker-compose', ['version', '--short'], { tolerate: true }).catch(() => undefined);
  if (alone?.code === 0 && /^v?2\./.test(alone.stdout)) return ['docker-compose'];
  throw new Error(
    'Docker Compose v2 is missing (neither `docker compose` nor `docker-compose` answers): run scripts/setup',
  );
}

/** Runs `docker compose` on a project's stack with its env file. */
export async function compose(project: string, stack: Stack, args: string[], timeoutMs = 180_000): Promise<RunResult> {
  found ??= find();
  const [program, ...first] = await found;
  const files = ['-p', project, '-f', composeFile(stack), '--env-file', envFile(project)];
  // The caller's environment would win over the env file: a PORT or a password exported in a shell must not leak in.
  const env: NodeJS.ProcessEnv = { COMPOSE_ANSI: 'never' };
  for (const key of ['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT', 'XDG_CONFIG_HOME'])
    if (process.env[key] !== undefined) env[key] = process.env[key];
  return run(program, [...first, ...files, ...args], { env, timeoutMs });
}

/** Runs a command inside a service's container (the one compose started), as the image's own user unless told. */
export async function execIn(
  project: string,
  service: string,
  command: string[],
  timeoutMs = 120_000,
): Promise<RunResult> {
  const id = await containerOf(project, service);
  if (!id) throw new Error(`the container of ${service} in project ${project} is not running`);
  return run('docker', ['exec', id, ...command], { tolerate: true, timeoutMs });
}

/** The id of a running service container, found by compose's labels. */
export async function containerOf(project: string, service: string): Promise<string | undefined> {
  const labels = [`label=com.docker.compose.project=${project}`, `label=com.docker.compose.service=${service}`];
  const args = [
    'ps',
    '-q',
    '--no-trunc',
    ...labels.flatMap((label) => ['--filter', label]),
    '--filter',
    'status=running',
  ];
  return (await run('docker', args)).stdout.trim().split('\n')[0] || undefined;
}
