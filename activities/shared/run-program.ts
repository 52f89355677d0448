import { spawn } from 'node:child_process';
import { root } from './paths';

/** How a program ended; `problem`: why it could not be started, or did not end in its time. */
export interface ProgramEnd {
  exitCode: number | null;
  problem?: string;
}

/**
 * Runs a program of the plan in the plan's directory, without a shell, with no more environment than it is given beside PATH and
 * HOME. In a group of its own, so that whatever it starts ends with it: a second try must not run beside what is left of the first.
 */
export function runProgram(
  command: string[],
  environment: Record<string, string>,
  limited: AbortSignal,
  add: (text: string) => void,
): Promise<ProgramEnd> {
  const [program = '', ...rest] = command;
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment };
    const child = spawn(program, rest, { cwd: root(), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    limited.addEventListener('abort', end, { once: true });
    child.stdout.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => add(chunk.toString('utf8')));
    child.once('error', ({ message }) => resolve({ exitCode: null, problem: message }));
    child.once('close', (exitCode) => {
      limited.removeEventListener('abort', end);
      resolve(limited.aborted ? { exitCode: null, problem: 'it did not end in its time' } : { exitCode });
    });
  });
}
