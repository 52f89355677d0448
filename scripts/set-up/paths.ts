import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { cachedTool } from './tools';
import { SetUpError } from './errors';

/** The directory of the checkout: everything below is given relative to it. */
export const checkout = resolve(__dirname, '../..');

/**
 * Where the set-up keeps what it downloads and builds: `$DR_CACHE`, else `$XDG_CACHE_HOME/shandi-dr`, else
 * `~/.cache/shandi-dr`. Outside the checkout, so that a fresh clone finds it again.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['DR_CACHE']) return resolve(env['DR_CACHE']);
  // The XDG base directory specification says that a relative path is to be ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'shandi-dr');
}

/** Where the output of long commands (package manager, compilers, dockerd) goes. */
export const logFile = (name: string): string => join(cacheDirectory(), 'log', `${name}.log`);

/** Whether the path is a file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The absolute path of a program on PATH (or in the system directories that a user's PATH often lacks), or undefined. */
export function which(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const directories = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => resolve(directory, program))
    .find(isExecutable);
}

/** Absolute paths of the programs that the set-up provides. */
export interface ToolPaths {
  /** The Temporal CLI, 1.8 or newer. Give it to tests and to `spawn`; also set as `TEMPORAL_CLI_PATH` for child processes. */
  temporal: string;
}

/**
 * The programs to run, as the last set-up left them. Docker Compose is not among them: it is always called as the plugin,
 * `docker compose …`, which the set-up makes work.
 *
 * Order: `TEMPORAL_CLI_PATH`, the cache, `temporal` on PATH (the set-up has checked that one's version).
 * @throws SetUpError when nothing is there: the set-up has not run.
 */
export function toolPaths(env: NodeJS.ProcessEnv = process.env): ToolPaths {
  const given = env['TEMPORAL_CLI_PATH'];
  if (given !== undefined && given !== '') {
    if (isExecutable(given)) return { temporal: resolve(given) };
    throw new SetUpError(
      `TEMPORAL_CLI_PATH is "${given}", which is not an executable file.`,
      'Set TEMPORAL_CLI_PATH to the absolute path of the Temporal CLI, or unset it to have it looked for.',
    );
  }
  const cached = cachedTool('temporal', checkout, cacheDirectory(env));
  if (existsSync(cached)) return { temporal: cached };
  const installed = which('temporal', env);
  if (installed) return { temporal: installed };
  throw new SetUpError(
    'The Temporal CLI is neither on PATH nor in the cache.',
    'Run scripts/setup, or install the Temporal CLI 1.8 or newer by hand and put it on PATH.',
  );
}
