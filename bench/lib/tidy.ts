/** Everything a bench makes is gone when it ends: in order, by an error, or by Ctrl-C. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockMachine, unlockMachine } from '../../scripts/lib/machine-lock';
import { log } from './print';

/** Undo of what was made, newest first; each is safe when there is nothing to undo, and when it is done again. */
const undo: { title: string; act: () => unknown }[] = [];
let interrupted = false;

/** Whether a signal ended the work: what was under way then must not be waited for, or closed under its feet. */
export const wasInterrupted = (): boolean => interrupted;

/** Registers an undo, before the thing is made. */
export function afterwards(title: string, act: () => unknown): void {
  undo.unshift({ title, act });
}

/** Undoes everything. A failure is told and does not stop the rest. */
async function undoAll(): Promise<void> {
  for (const { title, act } of undo) {
    try {
      await act();
    } catch (error) {
      log(`${title} failed: ${(error as Error).message}`);
    }
  }
}

/**
 * Does the work, then undoes what it registered, also when it fails. On SIGINT, SIGTERM and SIGHUP it undoes at once and
 * exits as the signal would have.
 */
export async function tidily<T>(work: () => Promise<T>): Promise<T> {
  const underWay = work();
  const stop = async (signal: string, code: number): Promise<void> => {
    // A terminal and the wrappers of npm may each send the same signal.
    if (interrupted) return;
    interrupted = true;
    log(`${signal}: removing what the bench made`);
    await undoAll();
    // A program that was under way may have made something after it was looked for.
    await Promise.race([underWay.then(ignore, ignore), sleep(5000)]);
    await undoAll();
    process.exit(code);
  };
  process.on('SIGINT', () => void stop('SIGINT', 130));
  process.on('SIGTERM', () => void stop('SIGTERM', 143));
  process.on('SIGHUP', () => void stop('SIGHUP', 129));
  try {
    return await underWay;
  } finally {
    // What the work fails with after an interruption is no news; the handler above ends the process.
    if (interrupted) await new Promise<never>(ignore);
    await undoAll();
  }
}

const ignore = (): undefined => undefined;

/**
 * One bench at a time: two would work on one platform, and their numbers would be worth nothing.
 * @throws Error naming the process that holds it
 */
export function lock(name: string): void {
  lockMachine(name, 'bench');
  afterwards('giving back the lock', () => unlockMachine(name));
}
