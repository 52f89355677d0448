/** Two runs of the tests on one machine: the second is refused while the first lives, and sweeps when it was killed. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdsMachine, lockMachine, unlockMachine } from '../../../scripts/lib/machine-lock';

describe('the lock of a platform on this machine', () => {
  const name = `shandi-lock-${randomUUID()}`;
  const file = join(tmpdir(), `${name}.pid`);
  let other: ChildProcess | undefined;
  afterEach(() => {
    other?.kill('SIGKILL');
    rmSync(file, { force: true });
  });

  it('is taken, taken again by the same process, and given back', () => {
    lockMachine(name, 'mocha');
    lockMachine(name, 'mocha');
    assert.equal(holdsMachine(name), true);
    unlockMachine(name);
    assert.deepEqual([holdsMachine(name), existsSync(file)], [false, false]);
  });

  it('of a process that lives and is one of ours: refused, and left with it', () => {
    other = spawn('sleep', ['60']);
    writeFileSync(file, String(other.pid));
    assert.throws(
      () => lockMachine(name, 'sleep'),
      new RegExp(`process ${String(other.pid)} works on ${name} already`),
    );
    unlockMachine(name);
    assert.equal(readFileSync(file, 'utf8'), String(other.pid));
  });

  it('of a process that is gone, or whose number now belongs to another program: taken over', () => {
    writeFileSync(file, '999999999');
    lockMachine(name, 'mocha');
    assert.equal(holdsMachine(name), true);
    rmSync(file);
    other = spawn('sleep', ['60']);
    writeFileSync(file, String(other.pid));
    lockMachine(name, 'mocha');
    assert.equal(holdsMachine(name), true);
  });
});
