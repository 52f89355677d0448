/** Whether a server takes new connections: an answer to the first bytes counts, a login does not. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Site } from '../../../plan';
import { takesNewConnections } from '../../../activities/shared/new-connection';

const site = { name: 'primary', engine: { socketPath: '/var/run/docker.sock' } } as Site;

async function against(serve: (socket: Socket) => void, ask: (port: number) => Promise<void>): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => (sockets.push(socket), socket.on('error', () => undefined), serve(socket)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    await ask((server.address() as AddressInfo).port);
  } finally {
    sockets.forEach((one) => one.destroy());
    server.close();
  }
}

describe('a server that is asked for a new connection', () => {
  it('answers the request for encryption with one byte: it does', async () => {
    const heard: Buffer[] = [];
    await against(
      (socket) => socket.on('data', (bytes: Buffer) => (heard.push(bytes), socket.write('N'))),
      async (port) => assert.equal(await takesNewConnections(site, port, 2000), true),
    );
    // PostgreSQL manual 55.7: Int32(8), Int32(80877103).
    assert.deepEqual([heard[0]?.readInt32BE(0), heard[0]?.readInt32BE(4)], [8, 80_877_103]);
  });

  it('takes the connection and says nothing, as a postmaster that hangs does: it does not', () =>
    against(
      () => undefined,
      async (port) => assert.equal(await takesNewConnections(site, port, 50), false),
    ));

  it('hangs up, as a proxy before a server that is gone does: it does not', () =>
    against(
      (socket) => socket.destroy(),
      async (port) => assert.equal(await takesNewConnections(site, port, 2000), false),
    ));

  it('is not there: it does not', async () => {
    let free = 0;
    await against(
      () => undefined,
      (port) => Promise.resolve(void (free = port)),
    );
    assert.equal(await takesNewConnections(site, free, 2000), false);
  });
});
