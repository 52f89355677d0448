/** Where a promoted server left the old timeline: what the report calls the end of the old history. */
import assert from 'node:assert/strict';
import { lastFork } from '../../../activities/postgres/promote-standby';

describe('the history of a timeline', () => {
  it('names the timeline that was left last, and where', () => {
    const text = '1\t0/5000000\tno recovery target specified\n\n2\t1/C2D216C8\tno recovery target specified\n';
    assert.deepEqual(lastFork(text), { timeline: 2, lsn: '1/C2D216C8' });
  });

  it('takes no comment for a line', () => {
    assert.deepEqual(lastFork('# 9\t0/9000000\n1\t0/5000000\tbefore 2\t0/1\n'), { timeline: 1, lsn: '0/5000000' });
  });

  it('is nothing on the first timeline', () => {
    assert.equal(lastFork(null), undefined);
    assert.equal(lastFork(''), undefined);
  });
});
