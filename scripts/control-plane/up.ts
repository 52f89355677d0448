import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../activities/shared/paths';
import { endOrphans } from './orphans';
import { drUp, isOurs, logFile, readState, removeState, type ControlPlaneState } from './state';

/** Cold start: the workflow bundle is built (5 s) and the server makes its database; generous for a busy machine. */
const deadline = 90_000;

/**
 * Starts the embedded control plane (Temporal development server, control worker, site workers) and returns when every
 * part is ready. Running already is fine. State survives a restart: runs go on where they were.
 * @param startedBy command that is remembered as the one that started it; one that runs already keeps its own
 * @throws Error naming the part that did not come up and its log
 */
export async function controlPlaneUp(
  log: (line: string) => void = () => undefined,
  startedBy = drUp,
): Promise<ControlPlaneState> {
  const known = readState();
  if (known && isOurs(known.supervisor, 'supervisor')) {
    log(`control plane runs already at ${known.address}`);
    return ready(known.supervisor);
  }
  const orphans = known ? await endOrphans(known) : [];
  if (orphans.length > 0) log(`ended what a killed control plane left behind: ${orphans.join(', ')}`);
  removeState();
  mkdirSync(dirname(logFile('supervisor')), { recursive: true });
  const out = openSync(logFile('supervisor'), 'a');
  const child = spawn(
    process.execPath,
    ['--import', require.resolve('tsx'), join(root(), 'scripts', 'control-plane', 'supervisor.ts'), startedBy],
    {
      detached: true,
      stdio: ['ignore', out, out],
      cwd: root(),
    },
  );
  child.unref();
  return ready(child.pid ?? 0);
}

async function ready(supervisor: number): Promise<ControlPlaneState> {
  const end = Date.now() + deadline;
  while (Date.now() < end) {
    const state = readState();
    if (state?.ready && state.supervisor === supervisor) return state;
    if (!isOurs(supervisor, 'supervisor'))
      throw new Error(`the control plane's supervisor ended: ${lastLine(logFile('supervisor'))}`);
    await sleep(50);
  }
  const state = readState();
  throw new Error(
    `the control plane was not ready within ${deadline / 1000} s (up: ${Object.keys(state?.children ?? {}).join(', ') || 'nothing'}); read ${dirname(logFile('supervisor'))}`,
  );
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? 'no log';
  } catch {
    return 'no log';
  }
}
