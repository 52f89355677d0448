/** Containers, volumes and networks of the bench: all carry its label, so that a later run finds what a killed one left. */
import { run, type RunResult } from '../../platform/run';

export const LABEL = 'dr.bench=failover';

/** `docker` with an argument array. @returns what it printed */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim();
}

/** Runs a program in a container; a non-zero exit is returned, not thrown. */
export function inside(container: string, command: string[], options: string[] = []): Promise<RunResult> {
  return run('docker', ['exec', ...options, container, ...command], { tolerate: true });
}

/** Stops every process of a container where it stands, as a hung host would; process 1 is an init that only reaps. */
export const freeze = (container: string): Promise<RunResult> => signalAll(container, 'STOP');

/** Lets a frozen container go on. @returns whether it still ran */
export async function thaw(container: string): Promise<boolean> {
  return (await signalAll(container, 'CONT')).code === 0;
}

// -1: every process of the container's own PID namespace except its process 1 and the caller (kill(2)).
const signalAll = (container: string, signal: string): Promise<RunResult> =>
  inside(container, ['bash', '-c', `kill -${signal} -1`], ['-u', '0']);

/** Whether a server cannot write and would not come back by itself: gone, or not running with restart policy `no`. */
export async function isFenced(container: string): Promise<boolean> {
  const format = '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}';
  const result = await run('docker', ['inspect', '--type', 'container', '--format', format, container], {
    tolerate: true,
  });
  if (result.code !== 0) return /no such/i.test(result.stderr);
  return ['false no', 'false'].includes(result.stdout.trim());
}

/** Removes everything that carries the bench's label, whoever left it. Images stay: they are made once. */
export async function sweep(): Promise<void> {
  const filter = ['--filter', `label=${LABEL}`];
  const list = async (...args: string[]): Promise<string[]> =>
    (await docker(...args, ...filter)).split('\n').filter(Boolean);
  const containers = await list('ps', '-aq');
  if (containers.length > 0) await run('docker', ['rm', '-f', '-v', ...containers], { tolerate: true });
  const volumes = await list('volume', 'ls', '-q');
  if (volumes.length > 0) await run('docker', ['volume', 'rm', '-f', ...volumes], { tolerate: true });
  const networks = await list('network', 'ls', '-q');
  if (networks.length > 0) await run('docker', ['network', 'rm', ...networks], { tolerate: true });
}
