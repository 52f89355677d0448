import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { run } from '../../platform/run';
import { toolPaths } from '../../scripts/set-up/paths';

/** What the numbers were measured on: without it they say nothing. */
export interface Machine {
  processors: number;
  model: string;
  memoryBytes: number;
  kernel: string;
  system: string;
  /** Load of the last minute when the bench began; more than a fraction of a processor spoils the absolute figures. */
  load: number;
  node: string;
  docker: string;
  temporal: string;
  postgres: string;
  pgbackrest: string;
}

/** Asks the machine, the engine and the database image what they are. */
export async function machine(): Promise<Machine> {
  const [docker, temporal, postgres, pgbackrest, system] = await Promise.all([
    answer('docker', ['version', '--format', '{{.Server.Version}}']),
    answer(toolPaths().temporal, ['--version']),
    inImage(['postgres', '--version']),
    inImage(['pgbackrest', 'version']),
    readFile('/etc/os-release', 'utf8').catch(() => ''),
  ]);
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: release(),
    system: /^PRETTY_NAME="?([^"\n]+)/m.exec(system)?.[1] ?? process.platform,
    load: loadavg()[0] ?? NaN,
    node: process.version,
    docker,
    temporal,
    postgres,
    pgbackrest,
  };
}

const inImage = (command: string[]): Promise<string> =>
  answer('docker', [
    'run',
    '--rm',
    '--network',
    'none',
    '--entrypoint',
    command[0] ?? '',
    'shandi/postgres:15',
    ...command.slice(1),
  ]);

async function answer(program: string, args: string[]): Promise<string> {
  const result = await run(program, args, { tolerate: true });
  return result.code === 0 ? (result.stdout.trim().split('\n')[0] ?? '') : 'unknown';
}
