import { setTimeout as sleep } from 'node:timers/promises';
import { endOrphans } from './orphans';
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
  await endOrphans(state);
  removeState();
  return true;
}
