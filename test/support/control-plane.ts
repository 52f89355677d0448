/** The processes of the control plane, for tests that take one away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readState } from '../../scripts/control-plane/state';

export type Part = 'temporal' | 'control' | 'site-primary';

/** Process id of a part as it is now. */
export function processOf(part: Part): number {
  const pid = readState()?.children[part];
  if (!pid) throw new Error(`the control plane has no process ${part} now`);
  return pid;
}

/** Sends a signal to a part; which process that was. */
export function strike(part: Part, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): number {
  const pid = processOf(part);
  process.kill(pid, signal);
  return pid;
}

/** Waits until the supervisor has put another process in the place of one that was killed, and all parts are ready. */
export async function replaced(part: Part, former: number, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const state = readState();
    if (state?.ready && state.children[part] !== former) return;
    await sleep(50);
  }
  throw new Error(`the supervisor did not replace ${part} (process ${former}) within ${timeoutMs} ms`);
}
