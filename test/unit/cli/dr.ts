import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../../scripts/dr';

const root = join(__dirname, '..', '..', '..');
/** A port nobody listens on: a command that gets past its input check fails at once, with exit code 8. */
export const nowhere = '127.0.0.1:9';

interface Ran {
  status: number | null;
  out: string;
  err: string;
}

/** Nothing of this shell's Temporal settings reaches the program. */
const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: join(root, 'test', 'fixtures'),
  USER: 'tester',
  DR_HOME: join(root, '.dr', 'no-such-folder'),
  TEMPORAL_ADDRESS: nowhere,
});

/**
 * Runs the program as a person would. The `--` keeps Node 20 from taking `--env-file`, a flag of the temporal CLI, for
 * its own.
 */
export function dr(args: string[], env: Record<string, string> = {}): Ran {
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--', join(root, 'scripts', 'dr.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...environment(), ...env },
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** The same within this process: a hundred command lines in the time that one takes to start. */
export async function drHere(args: string[]): Promise<Ran> {
  const { env, exitCode } = process;
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write.bind(stream));
  const said = ['', ''];
  streams.forEach((stream, index) => {
    stream.write = (text: string | Uint8Array): boolean => {
      said[index] += String(text);
      return true;
    };
  });
  try {
    process.env = environment();
    process.exitCode = undefined;
    await main(args);
    return { status: Number(process.exitCode ?? 0), out: said[0] ?? '', err: said[1] ?? '' };
  } finally {
    streams.forEach((stream, index) => (stream.write = writes[index]!));
    process.env = env;
    process.exitCode = exitCode;
  }
}
