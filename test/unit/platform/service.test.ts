import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { databaseError } from '../../../platform/service/database';
import { HttpError, match, serve, type Route } from '../../../platform/service/http';
import { fields, limit, requestId, wholeNumber } from '../../../platform/service/input';
import { parse, Redis } from '../../../platform/service/redis';

describe('the service program', () => {
  it('finds routes by pattern', () => {
    assert.deepEqual(match('/api/orders/:id', '/api/orders/7'), { id: '7' });
    assert.equal(match('/api/orders', '/api/orders/7'), undefined);
    assert.deepEqual(match('/api/*', '/api/a/b'), {});
    assert.equal(match('/api/*', '/health'), undefined);
  });

  it('answers what is wrong with a request', async () => {
    const routes: Route[] = [
      { method: 'POST', path: '/echo', handle: ({ body }) => Promise.resolve({ status: 201, body }) },
    ];
    const toReply = (error: unknown) =>
      error instanceof HttpError ? { status: error.status, body: { error: error.message } } : { status: 500, body: {} };
    const server = serve(routes, toReply, () => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const status = async (path: string, init?: RequestInit): Promise<number> =>
        (await fetch(url + path, init)).status;
      assert.equal(await status('/echo', { method: 'POST', body: '{"a":1}' }), 201);
      assert.equal(await status('/echo', { method: 'POST', body: '{' }), 400);
      assert.equal(await status('/echo', { method: 'POST', body: `"${'x'.repeat(300_000)}"` }), 413);
      assert.equal(await status('/echo'), 405);
      assert.equal(await status('/nothing'), 404);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('checks what a client sends', () => {
    assert.throws(() => fields([], ['a']), /JSON object with a/);
    assert.throws(() => fields({}, ['a']), /'a' is missing/);
    assert.throws(() => requestId({ id: 'x' }), /UUID/);
    assert.match(requestId({}), /^[0-9a-f-]{36}$/);
    for (const value of [-1, 1.5, '1', null]) assert.throws(() => wholeNumber({ n: value }, 'n'), /'n' has to be/);
    assert.deepEqual(
      ['', '?limit=3', '?limit=9999', '?limit=x'].map((query) => limit(new URLSearchParams(query))),
      [50, 3, 500, 50],
    );
  });

  it('tells the fault of a client from an absent database', () => {
    const coded = (code: string): Error => Object.assign(new Error('x'), { code });
    const status = (error: Error): number | undefined => databaseError(error)?.status;
    assert.equal(status(coded('23503')), 422);
    assert.equal(status(coded('23505')), 409);
    for (const code of ['ECONNREFUSED', '57P01', '25006', '08P01']) assert.equal(status(coded(code)), 503);
    assert.equal(status(new Error('Query read timeout')), 503);
    assert.equal(status(new Error('something else')), undefined);
  });

  it('reads answers of Redis, also in pieces', () => {
    assert.deepEqual(parse(Buffer.from('$5\r\nhello\r\n')), { value: 'hello', end: 11 });
    assert.equal(parse(Buffer.from('$5\r\nhel')), undefined);
    assert.deepEqual(parse(Buffer.from('*2\r\n:1\r\n$-1\r\n'))?.value, [1, null]);
    assert.ok(parse(Buffer.from('-ERR no\r\n'))?.value instanceof Error);
  });

  it('bounds a Redis that accepts and never answers', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    silent.listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const redis = new Redis('127.0.0.1', (silent.address() as AddressInfo).port, 'x', 100);
    try {
      await assert.rejects(redis.command('PING'), /does not answer/);
    } finally {
      redis.close();
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });
});
