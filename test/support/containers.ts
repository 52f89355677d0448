/** The production control plane under test: containers of a Compose project of its own, made from `docker-compose.yml`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { run } from '../../platform/run';
import { docker } from './docker';
import { project, testHome } from './names';

export const controlPlaneProject = `${project}-test`;
export const settings = join(testHome, 'control-plane.env');

/** Parts that stay up; the two that run once are not among them. */
export const parts = ['postgresql', 'temporal', 'ui', 'control-worker', 'site-primary', 'site-backup'] as const;
export type ContainerPart = (typeof parts)[number];

/** `docker compose` of the control plane under test. @returns what it printed */
export async function onControlPlane(...args: string[]): Promise<string> {
  const file = ['-f', join(root(), 'docker-compose.yml'), '--env-file', settings];
  const { stdout } = await run('docker', ['compose', '-p', controlPlaneProject, ...file, ...args], {
    timeoutMs: 240_000,
  });
  return stdout;
}

/** Removes it with its volume, also where its settings are gone. */
export async function removeControlPlane(): Promise<void> {
  const ours = { label: [`com.docker.compose.project=${controlPlaneProject}`] };
  for (const one of await docker.listContainers({ all: true, filters: ours }))
    await docker.getContainer(one.Id).remove({ force: true, v: true });
  for (const one of (await docker.listVolumes({ filters: ours as unknown as string })).Volumes ?? [])
    await docker.getVolume(one.Name).remove();
  for (const one of await docker.listNetworks({ filters: ours })) await docker.getNetwork(one.Id).remove();
}

const container = (part: string) => docker.getContainer(`${controlPlaneProject}-${part}-1`);

export interface PartState {
  /** Of its first process, as this machine counts. */
  pid: number;
  health: string;
  exitCode: number;
  restartPolicy: string;
}

export async function stateOf(part: string): Promise<PartState> {
  const { State, HostConfig } = await container(part).inspect();
  const restartPolicy = HostConfig.RestartPolicy?.Name ?? '';
  return { pid: State.Pid, health: State.Health?.Status ?? 'none', exitCode: State.ExitCode, restartPolicy };
}

/**
 * Kills a part as the machine would that has no memory left: Docker itself knows nothing of it (a `docker kill` is taken for
 * the wish of a person, and nothing is restarted).
 * @returns the process that died
 */
export async function loseContainer(part: ContainerPart): Promise<number> {
  const { pid } = await stateOf(part);
  if (pid === 0) throw new Error(`container ${part} of the control plane does not run`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Waits until Docker has started the part again and its health check is content. */
export async function backAgain(part: ContainerPart, former: number, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  let state: PartState | undefined;
  while (Date.now() < end) {
    state = await stateOf(part);
    if (state.pid !== 0 && state.pid !== former && state.health === 'healthy') return;
    await sleep(100);
  }
  throw new Error(`${part} was not healthy again within ${timeoutMs} ms: ${JSON.stringify(state)}`);
}

/** Kills a part and waits until it is back. */
export const lose = async (part: ContainerPart): Promise<void> => backAgain(part, await loseContainer(part));
