import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
/** A port nobody listens on: a command that gets past its input check fails at once, with exit code 8. */
export const nowhere = '127.0.0.1:9';

/**
 * Runs the program as a person would; nothing of this shell's Temporal settings reaches it. The `--` keeps
 * Node 20 from taking `--env-file`, a flag of the temporal CLI, for its own.
 */
export function dr(
  args: string[],
  env: Record<string, string> = {},
): { status: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--', join(root, 'scripts', 'dr.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(root, 'test', 'fixtures'),
      USER: 'tester',
      DR_HOME: join(root, '.dr', 'no-such-folder'),
      TEMPORAL_ADDRESS: nowhere,
      ...env,
    },
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}
