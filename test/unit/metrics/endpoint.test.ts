import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveMetrics, type Endpoint, type EndpointOptions } from '../../../workers/metrics/endpoint';
import { Scrape } from '../../support/scrape';

describe('the endpoint of metrics', () => {
  let endpoint: Endpoint | undefined;
  afterEach(() => endpoint?.stop());

  async function serve(options: EndpointOptions, port = 0): Promise<number> {
    endpoint = serveMetrics({ host: '127.0.0.1', port }, options);
    for (let at = endpoint.address(); ; at = endpoint.address()) {
      if (at) return at.port;
      await sleep(5);
    }
  }

  it('tells what all collectors say, and the text of others behind it', async () => {
    const port = await serve({
      collectors: ['a', 'b'].map((target) => async (sheet) => sheet.put('dr_up', { source: 'x', target }, 1)),
      others: async () => 'temporal_request 3\n',
    });
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const scrape = new Scrape(await answer.text());
    assert.deepEqual([scrape.all('dr_up'), scrape.value('temporal_request')], [[1, 1], 3]);
    assert.equal(scrape.text.match(/^# TYPE dr_up gauge$/gm)?.length, 1);
  });

  it('has nothing elsewhere, and takes nothing', async () => {
    const port = await serve({ collectors: [] });
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
    assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status, 405);
  });

  it('that cannot tell says so to the log, not to who asks', async () => {
    const said: string[] = [];
    const port = await serve({
      collectors: [() => Promise.reject(new Error('password=hunter2'))],
      log: (_level, message) => void said.push(message),
    });
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes('hunter2'));
    assert.ok(said.some((one) => one.includes('hunter2')));
  });

  it('whose port another program has says so once, and answers when it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const said: string[] = [];
    const options = { collectors: [], againMs: 10, log: (_level: string, message: string) => void said.push(message) };
    const serving = serve(options, port);
    while (said.length === 0) await sleep(5);
    await sleep(50);
    assert.deepEqual(said, [`metrics cannot be answered at 127.0.0.1:${port}: EADDRINUSE; it is tried again`]);
    other.close();
    assert.equal(await serving, port);
    assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200);
  });
});
