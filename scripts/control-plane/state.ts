import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drHome } from '../../activities/shared/paths';

/** What `dr up` leaves behind for every later command: where the embedded control plane is, and which processes it is. */
export interface ControlPlaneState {
  address: string;
  namespace: string;
  uiUrl: string;
  startedAt: string;
  /** The command that started it: `npm run down` stops only what `npm run demo` started. */
  startedBy: string;
  /** The supervisor, and its children by name (`temporal`, `control`, `site-primary`, …). */
  supervisor: number;
  children: Record<string, number>;
  ready: boolean;
}

/** The command that starts a control plane unless another says that it did. */
export const drUp = './dr up';

export const stateFile = (): string => join(drHome(), 'control-plane.json');
export const logFile = (name: string): string => join(drHome(), 'logs', `${name}.log`);

export function readState(): ControlPlaneState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(), 'utf8')) as ControlPlaneState;
  } catch {
    return undefined;
  }
}

/** Renamed into place, so that no reader ever sees half of it. */
export function writeState(state: ControlPlaneState): void {
  mkdirSync(drHome(), { recursive: true });
  const draft = `${stateFile()}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(draft, stateFile());
}

export function removeState(): void {
  rmSync(stateFile(), { force: true });
}

/** Whether a process lives and is the one we started: a process id alone may have been given to another. */
export function isOurs(pid: number, word: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
  } catch {
    return false;
  }
}
