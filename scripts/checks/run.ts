import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');
export const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

export interface Ended {
  name: string;
  ok: boolean;
  output: string;
  seconds: number;
  passed: number;
  failed: number;
}

/**
 * Runs one check as a child process. Its output is kept and printed as a whole when it ends (checks run side by side), or
 * passed on as it comes with `live`. Mocha's counts are read from its own closing lines.
 */
export function runCheck(
  name: string,
  command: string,
  args: string[],
  options: { live?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const began = Date.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const add = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      if (options.live) process.stdout.write(chunk);
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.once('error', (error) => (output += `could not be started: ${error.message}\n`));
    child.once('close', (code) => {
      const count = (word: string): number => Number(new RegExp(`^\\s*(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0);
      const ok = code === 0;
      resolve({
        name,
        ok,
        output,
        seconds: (Date.now() - began) / 1000,
        passed: count('passing'),
        failed: count('failing') || (ok ? 0 : 1),
      });
    });
  });
}

/** Of each test that failed: its name and how the failure begins. A long log's reader looks at its end first. */
export function failures(output: string): string[] {
  const closing = /^\s*\d+ failing$/m.exec(output);
  if (!closing) return [];
  return output
    .slice(closing.index)
    .split(/^ {2}\d+\) /m)
    .slice(1)
    .map((one) =>
      one
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line && !line.startsWith('at '))
        .join(' · ')
        .slice(0, 400),
    );
}

/** One line per check, what failed and how, and the closing line. Returns the exit code. */
export function conclude(ended: Ended[]): number {
  for (const one of ended) {
    process.stdout.write(`${one.ok ? 'ok    ' : 'FAILED'} ${one.name} (${one.seconds.toFixed(1)} s)\n`);
  }
  for (const one of ended)
    for (const text of failures(one.output)) process.stdout.write(`FAILED ${one.name}: ${text}\n`);
  const sum = (count: (one: Ended) => number): number => ended.reduce((total, one) => total + count(one), 0);
  process.stdout.write(`${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed\n`);
  return ended.every((one) => one.ok) ? 0 : 1;
}
