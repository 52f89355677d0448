import { rm } from 'node:fs/promises';
import { run } from '../run';
import { checkProject, PLATFORM_LABEL, stateDirectory } from './layout';

export interface DownResult {
  project: string;
  containers: number;
  networks: number;
  volumes: number;
}

async function list(args: string[]): Promise<string[]> {
  return (await run('docker', args)).stdout.split('\n').filter(Boolean);
}

/**
 * Removes everything of a platform and nothing else: the containers and networks compose made for the project, the
 * volumes labelled `dr.platform=<project>` (those a recovery made for it included) with whatever container still holds
 * one, and the state directory. Works without the state directory and when only half of it is there.
 */
export async function platformDown({
  project: name = 'shandi',
  log = () => undefined,
}: { project?: string; log?: (line: string) => void } = {}): Promise<DownResult> {
  const project = checkProject(name);
  const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
  const ofPlatform = ['--filter', `label=${PLATFORM_LABEL}=${project}`];
  const volumes = await list(['volume', 'ls', '-q', ...ofPlatform]);
  const found = await Promise.all([
    list(['ps', '-aq', ...ofProject]),
    list(['ps', '-aq', ...ofPlatform]),
    ...volumes.map((volume) => list(['ps', '-aq', '--filter', `volume=${volume}`])),
  ]);
  const containers = [...new Set(found.flat())];
  // Two at once can both try to remove the same thing; what is gone is gone.
  if (containers.length) await run('docker', ['rm', '-f', '-v', ...containers], { tolerate: true });
  const networks = [
    ...new Set((await Promise.all([ofProject, ofPlatform].map((f) => list(['network', 'ls', '-q', ...f])))).flat()),
  ];
  if (networks.length) await run('docker', ['network', 'rm', ...networks], { tolerate: true });
  if (volumes.length) await run('docker', ['volume', 'rm', ...volumes], { tolerate: true });
  const left = await list(['volume', 'ls', '-q', ...ofPlatform]);
  if (left.length)
    throw new Error(
      `volumes of project ${project} could not be removed: ${left.join(', ')} (in use by whom? docker ps -a)`,
    );
  await rm(stateDirectory(project), { recursive: true, force: true });
  log(`removed ${containers.length} containers, ${networks.length} networks, ${volumes.length} volumes of ${project}`);
  return { project, containers: containers.length, networks: networks.length, volumes: volumes.length };
}
