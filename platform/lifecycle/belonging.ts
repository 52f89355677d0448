/** Whose the containers of a compose project are: a project's name alone says nothing, production's may be the same. */
import { run } from '../run';
import { composeFile, PLATFORM_LABEL, type Stack } from './layout';

export interface Container {
  id: string;
  name: string;
  /** Compose files it was made from, separated by commas; empty: compose did not make it. */
  files: string;
}

export interface Belonging {
  /** Made by compose from a file of this checkout. */
  ours: Container[];
  /** Made from other compose files: somebody else's platform of the same name. */
  foreign: Container[];
}

const stacks: Stack[] = ['prod', 'backup', 'test', 'drill'];

/** Tells ours from others by the files compose wrote down. What compose did not make is neither. Pure. */
export function sortOut(containers: Container[], ourFiles = stacks.map(composeFile)): Belonging {
  const made = containers.filter(({ files }) => files !== '');
  const isOurs = ({ files }: Container): boolean => files.split(',').every((file) => ourFiles.includes(file));
  return { ours: made.filter(isOurs), foreign: made.filter((one) => !isOurs(one)) };
}

/** Containers of a project, running or not, by whose they are. */
export async function belonging(project: string): Promise<Belonging> {
  const label = 'com.docker.compose.project';
  const format = `{{.ID}}\t{{.Names}}\t{{.Label "${label}.config_files"}}`;
  const args = ['ps', '-a', '--no-trunc', '--filter', `label=${label}=${project}`, '--format', format];
  const { stdout } = await run('docker', args);
  const lines = stdout.split('\n').filter(Boolean);
  return sortOut(
    lines.map((line) => {
      const [id = '', name = '', files = ''] = line.split('\t');
      return { id, name, files };
    }),
  );
}

/** @throws Error that names the other compose file, when the project is (also) somebody else's */
export function refuseForeign(project: string, { foreign }: Belonging): void {
  const [first] = foreign;
  if (!first) return;
  throw new Error(
    `compose project ${project} belongs to ${first.files}, not to this checkout (${foreign.length} of its containers, ` +
      `${first.name} among them): nothing was changed. Take another --project, or remove it from where it was started`,
  );
}

/** Filter of what carries the label of a platform: its volumes, and everything a recovery made for it. */
export const ofPlatform = (project: string): string[] => ['--filter', `label=${PLATFORM_LABEL}=${project}`];
