import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RunOptions {
  cwd?: string;
  /** Variables added to the environment of this process. */
  env?: Record<string, string>;
  /** Milliseconds after which the program is killed. Default: 30 000. */
  timeout?: number;
  /** Milliseconds within which it must have written something to its standard output, else it is killed. Default: no limit. */
  firstOutputWithin?: number;
  /** A file that gets the whole output too. Overwritten. */
  log?: string;
}

export interface RunResult {
  /** The exit code; -1 when the program could not be started or was killed. */
  code: number;
  stdout: string;
  stderr: string;
  /** True when it was killed for taking too long. */
  timedOut: boolean;
}

/** Runs a program with an argument array (no shell) and reports how it ended; a failing program is a result, not an exception. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      // LC_ALL: the messages of apt and docker are read below, in English.
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (options.log) mkdirSync(dirname(options.log), { recursive: true });
    const log = options.log ? createWriteStream(options.log) : undefined;
    const result: RunResult = { code: -1, stdout: '', stderr: '', timedOut: false };
    const kill = (): void => {
      result.timedOut = true;
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open after the kill; without this 'close' would wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const deadline = setTimeout(kill, options.timeout ?? 30_000);
    const first = options.firstOutputWithin ? setTimeout(kill, options.firstOutputWithin) : undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(first);
      result.stdout += chunk.toString();
      log?.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      result.stderr += chunk.toString();
      log?.write(chunk);
    });
    const finish = (): void => {
      clearTimeout(deadline);
      clearTimeout(first);
      log?.end();
      resolve(result);
    };
    child.on('error', (error) => {
      result.stderr += error.message;
      finish();
    });
    child.on('close', (code) => {
      if (!result.timedOut) result.code = code ?? -1;
      finish();
    });
  });
}

/** The last lines of an output that say something, joined for use inside a sentence. */
export function lastLines(text: string, count = 3): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ');
}
