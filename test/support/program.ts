/** The program itself, as a person or a script runs it against the control plane under test. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the program from some directory, as a link on the PATH would. */
export function dr(...args: string[]): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: '1', CI: '1' };
  const child = spawn(join(root(), 'dr'), args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.err += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...ran, code }));
  });
}

/** Runs a command with --json, and checks its exit code; what it put on standard output, all of it, as an object. */
export async function json<T>(code: number, ...args: string[]): Promise<T> {
  const ran = await dr(...args, '--json');
  assert.equal(ran.code, code, `dr ${args.join(' ')}\n${ran.out}\n${ran.err}`);
  return JSON.parse(ran.out) as T;
}
