import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { run } from '../run';
import { belonging, ofPlatform, refuseForeign } from './belonging';
import { backupDirectory, backupProject, checkProject, keyDirectory, PLATFORM_LABEL, stateDirectory } from './layout';

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
 * Removes everything of a platform, its backup site included, and nothing else: the containers compose made from a file of this checkout, with their
 * networks, what carries the label `dr.platform=<project>` (volumes, and whatever recoveries made for it), the state
 * directory, the backups and the key pair that opens them. Works without the state directory and when only half of it is there.
 *
 * @param anyCheckout also what a platform of this name has that was made from another checkout: only for names that nobody
 *   but tests and benches of this project use, whose killed runs leave things behind
 * @throws when the project belongs to another compose file, or when nothing but the label says that the things are of a
 *   platform of this checkout: then nothing is removed
 */
export async function platformDown({
  project: name = 'shandi',
  anyCheckout = false,
  log = () => undefined,
}: { project?: string; anyCheckout?: boolean; log?: (line: string) => void } = {}): Promise<DownResult> {
  const project = checkProject(name);
  // Its backup site follows its database and has the volume of the archive: it goes first.
  const site = backupProject(project);
  if (project.length < 33 && (existsSync(stateDirectory(site)) || (await belonging(site)).ours.length > 0))
    await platformDown({ project: site, anyCheckout, log });
  const found = await belonging(project);
  if (anyCheckout) found.ours.push(...found.foreign.splice(0));
  refuseForeign(project, found);
  const labelled = ofPlatform(project);
  const [volumes, made] = await Promise.all([
    list(['volume', 'ls', '-q', ...labelled]),
    list(['ps', '-aq', '--no-trunc', ...labelled]),
  ]);
  const known = anyCheckout || found.ours.length > 0 || existsSync(stateDirectory(project));
  if (!known && volumes.length + made.length > 0)
    throw new Error(
      `${[...volumes, ...made].join(', ')} carry the label ${PLATFORM_LABEL}=${project}, but this checkout has no state of ` +
        `project ${project} and no container of it: they may be another platform's, and nothing was removed. ` +
        `If they are not, remove them by hand (docker rm, docker volume rm)`,
    );
  const containers = [...new Set([...found.ours.map(({ id }) => id), ...made])];
  // Two at once can both try to remove the same thing; what is gone is gone.
  if (containers.length) await run('docker', ['rm', '-f', '-v', ...containers], { tolerate: true });
  // Compose writes no file on a network: it is ours because the project is.
  const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
  const networks = known
    ? [...new Set((await Promise.all([ofProject, labelled].map((f) => list(['network', 'ls', '-q', ...f])))).flat())]
    : [];
  if (networks.length) await run('docker', ['network', 'rm', ...networks], { tolerate: true });
  if (volumes.length) await run('docker', ['volume', 'rm', ...volumes], { tolerate: true });
  const left = await list(['volume', 'ls', '-q', ...labelled]);
  if (left.length)
    throw new Error(
      `volumes of project ${project} could not be removed: ${left.join(', ')} (in use by whom? docker ps -a)`,
    );
  for (const directory of [stateDirectory(project), backupDirectory(project), keyDirectory(project)])
    await rm(directory, { recursive: true, force: true });
  log(`removed ${containers.length} containers, ${networks.length} networks, ${volumes.length} volumes of ${project}`);
  return { project, containers: containers.length, networks: networks.length, volumes: volumes.length };
}
