import { setTimeout as sleep } from 'node:timers/promises';
import { isOurs, type ControlPlaneState } from './state';

/**
 * Ends the children of a supervisor that was killed hard and could not take them along. They are found by what the state
 * file says they are; left alive they would hold the port and the database file of the server, and take work.
 * @returns names of those that were still there
 */
export async function endOrphans(state: Pick<ControlPlaneState, 'children'>): Promise<string[]> {
  const alive = (name: string, pid: number): boolean => isOurs(pid, name === 'temporal' ? 'start-dev' : 'workers');
  const orphans = Object.entries(state.children).filter(([name, pid]) => alive(name, pid));
  for (const [, pid] of orphans) process.kill(pid, 'SIGKILL');
  for (let waited = 0; orphans.some(([name, pid]) => alive(name, pid)) && waited < 5_000; waited += 20) await sleep(20);
  return orphans.map(([name]) => name);
}
