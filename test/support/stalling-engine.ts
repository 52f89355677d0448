import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { testHome } from './names';
import type { Pair } from './pair';

export interface StallingEngine {
  socketPath: string;
  /** From now on it takes calls and answers none, the calls under way included. */
  stall(): void;
  /** Calls are answered again; those that hang go on hanging, as they do in life. */
  release(): void;
}

/** A proxy before the engine's socket, for a machine whose Docker daemon hangs while its containers live on. */
export async function stallingEngine(pair: Pair): Promise<StallingEngine> {
  const socketPath = join(testHome, 'engine.sock');
  rmSync(socketPath, { force: true });
  let stalled = false;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    open.add(incoming);
    incoming.on('error', () => undefined);
    incoming.on('close', () => open.delete(incoming));
    if (stalled) return;
    const outgoing = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
    outgoing.on('error', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  pair.afterwards(async () => {
    for (const one of open) one.destroy();
    server.close();
    rmSync(socketPath, { force: true });
  });
  return {
    socketPath,
    stall: () => {
      stalled = true;
      for (const one of open) one.unpipe();
      // What the engine would answer to a call under way must not come through either.
      for (const one of open) one.pause();
    },
    release: () => void (stalled = false),
  };
}
