import { spawn } from 'node:child_process';
import { root } from './paths';

/** How a program ended. */
export interface ProgramEnd {
  /** null: it was not started, or a signal ended it. */
  exitCode: number | null;
  /** Why there is no exit code, in a sentence. */
  problem?: string;
}

/**
 * Runs a program that the plan names, without a shell, in the plan's directory, with PATH, HOME and what is given as its
 * whole environment. A group of its own, so that whatever it starts ends with it: a second try must not run beside what is
 * left of the first.
 * @param command program and arguments
 * @param options.add is given what it prints, on both outputs, as it comes
 */
export function runProgram(
  command: string[],
  options: { env?: NodeJS.ProcessEnv; signal: AbortSignal; add: (text: string) => void },
): Promise<ProgramEnd> {
  const [program = '', ...rest] = command;
  const { signal, add } = options;
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env };
    const child = spawn(program, rest, { cwd: root(), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    signal.addEventListener('abort', end, { once: true });
    child.stdout.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.once('error', ({ message }) => resolve({ exitCode: null, problem: message }));
    child.once('close', (exitCode) => {
      signal.removeEventListener('abort', end);
      resolve(signal.aborted ? { exitCode: null, problem: 'it did not end in its time' } : { exitCode });
    });
  });
}
