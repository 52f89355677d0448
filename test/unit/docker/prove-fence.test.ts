import assert from 'node:assert/strict';
import type { ConnectAnswer } from '../../../activities/docker/connect-answers';
import { contradictions } from '../../../activities/docker/prove-fence';

describe('what connects say against a fence', () => {
  const answer = (value: ConnectAnswer['answer'], from?: string): ConnectAnswer => ({
    address: 'postgres:5432',
    answer: value,
    ...(from ? { from } : {}),
  });

  it('is nothing when one was refused and none got through', () => {
    assert.deepEqual(contradictions([answer('refused'), answer('no such host', 'pgbouncer'), answer('unknown')]), []);
  });

  it('is every one that got through, refused elsewhere or not', () => {
    assert.deepEqual(contradictions([answer('refused'), answer('connected', 'pgbouncer')]), [
      'postgres:5432 still takes connections from pgbouncer',
    ]);
  });

  it('is silence: a try that did not work, or none at all, proves nothing', () => {
    assert.deepEqual(contradictions([answer('unknown', 'pgbouncer'), answer('no answer')]), [
      'no connect to its port was refused (postgres:5432 from pgbouncer: unknown; postgres:5432: no answer)',
    ]);
    assert.deepEqual(contradictions([]), ['no connect to its port was refused (none was tried)']);
  });
});
