import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { answers, listens, taken } from '../../../scripts/control-plane/port';

describe('the port of the Temporal server', () => {
  let other: Server;
  let port: number;
  beforeEach(async () => {
    other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    port = (other.address() as AddressInfo).port;
  });
  afterEach(() => void other.close());

  it('that another program has is named, with the variable that chooses another', async () => {
    assert.match(
      (await taken({ DR_TEMPORAL_UI_PORT: port })) ?? '',
      new RegExp(
        `^port ${port} of 127\\.0\\.0\\.1 is taken by another program.*set DR_TEMPORAL_UI_PORT to a free port$`,
      ),
    );
    other.close();
    await once(other, 'close');
    assert.equal(await taken({ DR_TEMPORAL_PORT: port }), undefined);
    assert.equal(await answers(port), false);
  });

  it('is not the server’s, whoever answers there, once the server has ended', async () => {
    assert.equal(await listens(port, () => true), true);
    assert.equal(await listens(port, () => false), false);
    let looks = 0;
    assert.equal(await listens(port, () => (looks += 1) === 1), false, 'it ended while it was asked');
  });
});
