/** What an error of a probe says of the server that was asked: a wrong reading is a needless failover, or none. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { classify, clientPathProbe, directProbe, standbyProbe } from '../../../activities/guard/probes';
import { drFailure } from '../../../workflows/contracts/errors';
import type { Database } from '../../../plan';
import { cluster } from '../../fixtures/servers';

const errno = (code: string, message = `connect ${code} 127.0.0.1:5432`): Error =>
  Object.assign(new Error(message), { code });

describe('an error by itself', () => {
  const cases: [string, Error, string][] = [
    ['nobody listens', errno('ECONNREFUSED'), 'refused'],
    ['whoever listened hung up', errno('ECONNRESET', 'read ECONNRESET'), 'refused'],
    ['written into a connection that is gone', errno('EPIPE', 'write EPIPE'), 'refused'],
    ['it hung up in the middle', new Error('Connection terminated unexpectedly'), 'refused'],
    ['no connection in time', new Error('timeout expired'), 'silent'],
    ['no answer in time', new Error('Query read timeout'), 'silent'],
    ['the network gave up', errno('ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:5432'), 'silent'],
    ['no way there', errno('EHOSTUNREACH'), 'silent'],
    ['our own network is down', errno('ENETUNREACH'), 'silent'],
    ['the name server says nothing', errno('EAI_AGAIN', 'getaddrinfo EAI_AGAIN db'), 'silent'],
    ['our secret cannot be read', drFailure('DR-SECRET', 'file x has no key PG_PASSWORD'), 'unknown'],
    ['we have no more files', errno('EMFILE', 'connect EMFILE'), 'unknown'],
  ];
  for (const [title, error, answer] of cases)
    it(`${title}: ${answer}`, () => {
      const said = classify(error);
      assert.equal(said.answer, answer);
      assert.equal(said.sqlState, undefined, 'no SQLSTATE where nobody sent one');
      assert.match(said.says, /\S/);
    });

  it('names the code where the sentence does not', () => {
    assert.equal(classify(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })).says, 'ECONNREFUSED');
  });
});

/** Servers that go wrong in ways only a socket can show. */
describe('a server that', () => {
  let server: Server;
  const open = new Set<Socket>();
  const listen = async (act: (socket: Socket) => void): Promise<{ host: string; port: number }> => {
    server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      act(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  };
  afterEach(() => {
    for (const socket of open) socket.destroy();
    open.clear();
    server?.close();
  });

  const password = 'DR_TEST_PROBE_PASSWORD';
  before(() => (process.env[password] = 'secret'));
  after(() => delete process.env[password]);
  const { home } = cluster();
  const database = (change: Partial<Database['clientPath']> = {}): Database => ({
    ...home.database,
    clientPath: { ...home.database.clientPath, password: { env: password }, ...change },
  });

  /** ErrorResponse (PostgreSQL manual 55.7): severity, SQLSTATE, message. */
  const refusal = (state: string, message: string): Buffer => {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${message}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(fields.length + 4, 1);
    return Buffer.concat([head, fields]);
  };

  for (const [state, message] of [
    ['53300', 'sorry, too many clients already'],
    ['57P03', 'the database system is starting up'],
  ] as const)
    it(`answers with ${state} has answered`, async () => {
      const to = await listen((socket) => socket.once('data', () => socket.end(refusal(state, message))));
      const { answer, sample } = await directProbe(database(), to, 2_000, 'primary');
      assert.deepEqual([answer.answer, answer.sqlState, answer.says], ['error', state, message]);
      assert.equal(sample, undefined);
    });

  it('takes the connection and hangs is silent, and the probe ends all the same', async () => {
    const to = await listen(() => undefined);
    assert.equal((await directProbe(database(), to, 200, 'primary')).answer.answer, 'silent');
    const standby = await standbyProbe(database(), { service: 'postgres-standby', ...to }, 200);
    assert.equal(standby.answer.answer, 'silent');
    assert.equal(standby.receivedLsn, undefined);
    assert.equal((await clientPathProbe(database(to), 200, 'primary')).answer, 'silent');
  });

  it('hangs up is not one that answers', async () => {
    const to = await listen((socket) => socket.once('data', () => socket.destroy()));
    assert.equal((await directProbe(database(), to, 2_000, 'primary')).answer.answer, 'refused');
  });

  it('nobody could ask, for want of the password, tells nothing', async () => {
    const to = await listen(() => assert.fail('it was asked'));
    delete process.env[password];
    const said = await directProbe(database(), to, 2_000, 'primary');
    process.env[password] = 'secret';
    assert.equal(said.answer.answer, 'unknown');
    assert.match(said.answer.says, new RegExp(password));
  });

  it('refuses by SQL is told apart by the class of the error that pg itself throws', async () => {
    const to = await listen((socket) => socket.once('data', () => socket.end(refusal('28P01', 'no'))));
    const client = new Client({ ...to, user: 'x', password: 'x', database: 'x' });
    const error = await client.connect().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.deepEqual(classify(error), { answer: 'error', says: 'no', sqlState: '28P01' });
  });
});
