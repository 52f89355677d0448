import { spawn } from 'node:child_process';

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to the program's standard input. */
  input?: string;
  /** Milliseconds until the program is killed. Default two minutes. */
  timeoutMs?: number;
  /** Return a non-zero exit instead of throwing. */
  tolerate?: boolean;
}

/**
 * Runs a program with an argument array and returns what it printed.
 *
 * @throws unless `tolerate`: on a non-zero exit, with the command and the end of its output; always when the program
 *   cannot be started or runs into the time limit
 */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const { cwd, env, input, timeoutMs = 120_000, tolerate = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = `${program} ${args.slice(0, 6).join(' ')}${args.length > 6 ? ' …' : ''}`;
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${program} could not be started: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) return reject(new Error(`${said} did not end within ${timeoutMs / 1000} s and was killed`));
      const result = { code: code ?? 1, stdout, stderr };
      if (result.code !== 0 && !tolerate) {
        const end = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
        return reject(new Error(`${said} ended with ${result.code}:\n${end}`));
      }
      resolve(result);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}
