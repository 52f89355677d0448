/**
 * A server that outlived the kill was cut off from every network. When its fence is undone it must be where its clients
 * look for it: in its networks, under the name of its service.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ContainerInspectInfo } from 'dockerode';
import type { Site } from '../../../plan';
import { reachable, reconnect } from '../../../activities/docker/reconnect';

const id = 'c0ffee'.repeat(10);
type Networks = Record<string, { Aliases: string[] | null }>;

describe('a container that was cut off from its networks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reconnect-'));
  const socketPath = join(folder, 'engine.sock');
  const site = { name: 'primary', engine: { socketPath } } as Site;
  let server: Server;
  let asked: string[];
  let connectStatus: number;
  let networks: Networks;

  const info = (): ContainerInspectInfo =>
    ({
      Id: id,
      Name: '/shandi-postgres-1',
      Config: { Labels: { 'com.docker.compose.service': 'postgres' } },
      NetworkSettings: { Networks: networks },
    }) as unknown as ContainerInspectInfo;

  before((done) => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
        if (request.method === 'GET') {
          response.setHeader('content-type', 'application/json');
          return response.end(JSON.stringify(info()));
        }
        asked.push(`${path} ${body}`);
        response.statusCode = path.endsWith('/connect') ? connectStatus : 200;
        return response.end(response.statusCode < 300 ? '' : JSON.stringify({ message: 'endpoint exists already' }));
      });
    }).listen(socketPath, done);
  });
  beforeEach(() => {
    asked = [];
    connectStatus = 200;
    networks = {};
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const connect = (network: string): string =>
    `/networks/${network}/connect ${JSON.stringify({
      Container: id,
      EndpointConfig: { Aliases: ['shandi-postgres-1', 'postgres', id.slice(0, 12)] },
    })}`;

  it('is put back into each, under its service, its name and its short id', async () => {
    assert.deepEqual(await reconnect(site, info(), ['shandi_data', 'shandi_edge']), ['shandi_data', 'shandi_edge']);
    assert.deepEqual(asked, [connect('shandi_data'), connect('shandi_edge')]);
  });

  it('that never left one is left alone, and so are the networks of the engine itself', async () => {
    networks = { shandi_data: { Aliases: ['shandi-postgres-1', 'postgres'] } };
    assert.deepEqual(await reconnect(site, info(), ['shandi_data', 'host', 'none', 'bridge']), []);
    assert.deepEqual(asked, []);
  });

  it('that the engine rejoined by itself, without its names, leaves and joins again', async () => {
    networks = { shandi_data: { Aliases: null } };
    await reconnect(site, info(), ['shandi_data']);
    assert.deepEqual(asked, [
      `/networks/shandi_data/disconnect ${JSON.stringify({ Container: id, Force: true })}`,
      connect('shandi_data'),
    ]);
  });

  it('that an earlier try has connected is as good; a network that refuses it is a failure', async () => {
    const stale = info();
    connectStatus = 403;
    networks = { shandi_data: { Aliases: ['postgres'] } };
    assert.deepEqual(await reconnect(site, stale, ['shandi_data']), ['shandi_data']);
    networks = {};
    await assert.rejects(
      reconnect(site, stale, ['shandi_data']),
      /connecting .* to network shandi_data.*exists already/,
    );
  });

  it('is reachable when the pooler reaches it by name; the published port counts only where the pooler cannot try', () => {
    const here = { address: '127.0.0.1:5432', answer: 'connected' } as const;
    const pooler = { address: 'postgres:5432', from: 'pgbouncer' } as const;
    assert.equal(reachable([here, { ...pooler, answer: 'connected' }]), true);
    assert.equal(reachable([here, { ...pooler, answer: 'no such host' }]), false);
    assert.equal(reachable([here, { ...pooler, answer: 'unknown' }]), true);
    assert.equal(reachable([{ ...here, answer: 'refused' }]), false);
    assert.equal(reachable([]), false);
  });
});
