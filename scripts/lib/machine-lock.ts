import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (holder !== process.pid && isOurs(holder, word))
    throw new Error(
      `process ${holder} works on ${name} already (${word}, file ${file}): wait for its end or stop it; nothing was changed`,
    );
  writeFileSync(file, String(process.pid));
}

/** Gives the lock back. @returns false when this process did not hold it */
export function unlockMachine(name: string): boolean {
  const file = fileOf(name);
  const held = existsSync(file) && Number(readFileSync(file, 'utf8')) === process.pid;
  if (held) rmSync(file, { force: true });
  return held;
}
