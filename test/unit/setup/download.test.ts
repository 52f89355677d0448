import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumFor, download } from '../../../scripts/set-up/download';

const body = 'a program';
const sum = createHash('sha256').update(body).digest('hex');

describe('set-up: downloading a release', () => {
  let server: Server;
  let base: string;
  let directory: string;

  before((done) => {
    server = createServer((request, response) => {
      if (request.url === '/program') response.end(body);
      else if (request.url === '/sums') response.end(`${'0'.repeat(64)}  other\n${sum}  program\n`);
      else if (request.url === '/wrong-sums') response.end(`${'0'.repeat(64)}  program\n`);
      else if (request.url !== '/silent') response.writeHead(404).end();
    }).listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'set-up-test-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const fetchWith = (url: string, sums: string, answerWithin = 10_000): Promise<void> =>
    download({ url: base + url, checksumsUrl: base + sums, to: join(directory, 'out'), answerWithin });

  it('writes the file when its checksum is right', async () => {
    await fetchWith('/program', '/sums');
    assert.equal(readFileSync(join(directory, 'out'), 'utf8'), body);
    assert.deepEqual(readdirSync(directory), ['out']);
  });

  it('leaves nothing behind when the checksum is wrong', async () => {
    await assert.rejects(fetchWith('/program', '/wrong-sums'), /has the checksum .* was published/);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('gives up soon on a server that does not answer', async () => {
    const start = Date.now();
    await assert.rejects(fetchWith('/program', '/silent', 200), /127\.0\.0\.1:\d+: no answer within 0\.2 s/);
    assert.ok(Date.now() - start < 8_000);
  });

  it('names the status of a refusal', async () => {
    await assert.rejects(fetchWith('/gone', '/sums'), /names no checksum for gone/);
    await assert.rejects(fetchWith('/program', '/gone'), /HTTP 404/);
    assert.equal(existsSync(join(directory, 'out')), false);
  });

  it('reads the usual forms of a list of sums', () => {
    assert.equal(checksumFor(`${sum} *program`, 'program'), sum);
    assert.equal(checksumFor(`${sum.toUpperCase()}  ./program\n`, 'program'), sum);
    assert.equal(checksumFor(`${sum}  program.sig`, 'program'), undefined);
  });
});
