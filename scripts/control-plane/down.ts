import { setTimeout as sleep } from 'node:timers/promises';
import { isOurs, readState, removeState } from './state';

/**
 * Stops what `controlPlaneUp` started, and nothing else. Runs under way are not lost: they go on at the next start.
 * @returns false when nothing ran
 */
export async function controlPlaneDown(): Promise<boolean> {
  const state = readState();
  if (!state) return false;
  if (isOurs(state.supervisor, 'supervisor')) {
    process.kill(state.supervisor, 'SIGTERM');
    for (let waited = 0; isOurs(state.supervisor, 'supervisor') && waited < 20_000; waited += 50) await sleep(50);
  }
  // A supervisor that was killed hard leaves its children; they are found by what the state file says they are.
  for (const [name, pid] of Object.entries(state.children)) {
    if (isOurs(pid, name === 'temporal' ? 'start-dev' : 'workers')) process.kill(pid, 'SIGKILL');
  }
  removeState();
  return true;
}
