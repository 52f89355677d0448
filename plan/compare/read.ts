import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { isRecord } from '../report';
import type { Site } from '../schema/sites';
import { interpolateAll, parseEnvFile } from './interpolate';
import { composeModel, type ComposeModel } from './model';

const run = promisify(execFile);

/** A Compose file as the comparison sees it. */
export interface ReadCompose extends ComposeModel {
  /** Names of the volumes as they stand in the file, with their variables, by their key. */
  volumeNames: Map<string, string>;
  /** false: the file takes parts from other files and they could not be put together. */
  complete: boolean;
  /** What makes the comparison weaker than it could be, one sentence each. */
  notes: string[];
}

/** How a Compose file is put together. Tests pass another way. */
export type ComposeConfig = (project: string, file: string) => Promise<unknown>;

/**
 * Reads the Compose file of a site: by `docker compose config`, which knows every form the file can have, or, where
 * Docker Compose is not there, as plain YAML. Variables are filled in here from the site's env file, so that no secret
 * passes through another program's output.
 *
 * @throws Error with the system's reason when the file cannot be read
 */
export async function readCompose(
  site: Site,
  root: string,
  config: ComposeConfig = composeConfig,
): Promise<ReadCompose> {
  const file = resolve(root, site.compose.file);
  const plain: unknown = parse(await readFile(file, 'utf8'), { merge: true, logLevel: 'error' });
  const env = await readFile(resolve(root, site.compose.envFile), 'utf8').catch(() => undefined);
  const configured = await config(site.compose.project, file);

  const document = configured ?? plain;
  const complete = configured !== undefined || !composed(plain);
  const notes: string[] = [];
  if (env === undefined) {
    notes.push(
      `The env file ${site.compose.envFile} of the site ${site.name} is not there: its Compose file was read with its ` +
        'defaults, and volumes named by a variable alone were not compared.',
    );
  }
  if (configured === undefined) {
    const part = complete ? '' : ', and it takes parts from other files: only the names of its services were compared';
    notes.push(`Docker Compose did not read ${site.compose.file}; it was read as plain YAML${part}.`);
  }

  const filled = interpolateAll(document, env === undefined ? {} : parseEnvFile(env));
  const raw = composeModel(document, site.compose.project);
  const volumeNames = new Map([...raw.volumes].map(([key, volume]) => [key, volume.name]));
  return { ...composeModel(filled, site.compose.project), volumeNames, complete, notes };
}

/** Says whether the file takes parts from others (`include`, `extends`). */
function composed(document: unknown): boolean {
  if (!isRecord(document)) return false;
  const services = isRecord(document['services']) ? Object.values(document['services']) : [];
  return 'include' in document || services.some((service) => isRecord(service) && 'extends' in service);
}

/** The whole file as Docker Compose puts it together, with its variables left in, or `undefined` when it cannot. */
async function composeConfig(project: string, file: string): Promise<unknown> {
  const args = ['-p', project, '-f', file, '--profile', '*', 'config', '--no-interpolate', '--format', 'json'];
  const options = { cwd: dirname(file), timeout: 20_000, maxBuffer: 16 * 1024 * 1024 };
  // Compose v2 comes as a plugin of the Docker client or as a program of its own.
  for (const [program, ...first] of [['docker', 'compose'], ['docker-compose']] as const) {
    try {
      const { stdout } = await run(program, [...first, ...args], options);
      return JSON.parse(stdout) as unknown;
    } catch {
      continue;
    }
  }
  return undefined;
}
