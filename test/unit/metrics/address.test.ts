import assert from 'node:assert/strict';
import { addressOf, addressText, metricsAddress } from '../../../workers/metrics/address';

describe('DR_METRICS_ADDRESS', () => {
  it('is off unless set, and on this machine only unless it says otherwise', () => {
    assert.equal(metricsAddress(undefined), undefined);
    assert.equal(metricsAddress(' '), undefined);
    assert.deepEqual(metricsAddress('9464'), { host: '127.0.0.1', port: 9464 });
    assert.deepEqual(metricsAddress('0.0.0.0:9464'), { host: '0.0.0.0', port: 9464 });
    assert.deepEqual(metricsAddress('[::1]:9464'), { host: '::1', port: 9464 });
    assert.equal(addressText({ host: '::1', port: 1 }), '[::1]:1');
  });

  it('that is none is refused with what it holds and what was expected', () => {
    for (const text of ['0', '70000', 'localhost', '127.0.0.1:', ':9464', '::1:9464', '127.0.0.1:9464/metrics'])
      assert.throws(() => metricsAddress(text), {
        message: `environment variable DR_METRICS_ADDRESS is "${text}", expected a port from 1 to 65535 or an address and a port, such as 127.0.0.1:9464`,
      });
  });

  it('gives each worker of one machine a port of its own', () => {
    assert.deepEqual(
      [0, 1, 2].map((index) => addressOf(index, '9464')),
      ['127.0.0.1:9464', '127.0.0.1:9465', '127.0.0.1:9466'],
    );
    assert.equal(addressOf(1, '65535'), undefined);
    assert.equal(addressOf(1, ''), undefined);
  });
});
