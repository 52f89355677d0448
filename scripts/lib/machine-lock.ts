import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOurs } from '../control-plane/state';

const fileOf = (name: string): string => join(tmpdir(), `${name}.pid`);

/**
 * One at a time on this machine: what works on containers, ports and volumes of one name. A holder that was killed holds
 * nothing any more.
 *
 * @param name of the platform worked on @param word in the command line of whoever may hold it
 * @throws Error naming the process that holds it
 */
export function lockMachine(name: string, word: string): void {
  const file = fileOf(name);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(name);
    if (holder === process.pid) return;
    if (holder !== undefined && isOurs(holder, word))
      throw new Error(
        `process ${holder} works on ${name} already (${word}, file ${file}): wait for its end or stop it; nothing was changed`,
      );
    rmSync(file, { force: true });
  }
}

function holderOf(name: string): number | undefined {
  try {
    return Number(readFileSync(fileOf(name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether this process has the lock. */
export const holdsMachine = (name: string): boolean => holderOf(name) === process.pid;

/** Gives the lock back, when this process has it. */
export function unlockMachine(name: string): void {
  if (holdsMachine(name)) rmSync(fileOf(name), { force: true });
}
