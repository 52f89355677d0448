import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { project } from './names';

/** The engine that the platform under test runs on. */
export const docker = new Docker();

/** Name of the container of a service of the platform under test. */
export const containerOf = (service: string): string => `${project}-${service}-1`;

/** Runs a program in a container and returns what it printed; fails with what it complained. */
export async function inContainer(name: string, command: string[], user = 'postgres'): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', ['exec', '--user', user, name, ...command], {
    maxBuffer: 16_777_216,
  });
  return stdout.trim();
}
