/** Everything a bench makes is gone when it ends: in order, by an error, or by Ctrl-C. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { isOurs } from '../../scripts/control-plane/state';
import { log } from './print';

/** Undo of what was made, newest first; each is safe when there is nothing to undo. */
const undo: { title: string; act: () => unknown }[] = [];
let ending: Promise<void> | undefined;

/** Registers an undo, before the thing is made. */
export function afterwards(title: string, act: () => unknown): void {
  undo.unshift({ title, act });
}

/** Undoes everything, once. A failure is told and does not stop the rest. */
export function tidyUp(): Promise<void> {
  ending ??= (async () => {
    for (const { title, act } of undo) {
      try {
        await act();
      } catch (error) {
        log(`${title} failed: ${(error as Error).message}`);
      }
    }
  })();
  return ending;
}

/** Undoes everything on SIGINT, SIGTERM and SIGHUP, then exits as the signal would have. */
export function tidyUpOnSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => {
      log(`${signal}: removing what the bench made`);
      void tidyUp().then(() => process.exit(code));
    });
}

/**
 * One bench at a time: two would work on one platform, and their numbers would be worth nothing.
 * @throws Error naming the process that holds it
 */
export function lock(name: string): void {
  const file = join(tmpdir(), `${name}.pid`);
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (holder !== process.pid && isOurs(holder, 'bench'))
    throw new Error(`a bench is running already, process ${holder} (file ${file}): wait for its end or stop it`);
  mkdirSync(tmpdir(), { recursive: true });
  writeFileSync(file, String(process.pid));
  afterwards('giving back the lock', () => rmSync(file, { force: true }));
}
