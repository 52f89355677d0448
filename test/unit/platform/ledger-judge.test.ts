import assert from 'node:assert/strict';
import { judge, microseconds } from '../../../platform/ledger/judge';
import type { Entry } from '../../../platform/ledger/journal';

const entry = (id: string, seconds: number, more: Partial<Entry> = {}): Entry => ({
  kind: 'order',
  id,
  hash: `hash of ${id}`,
  sentAt: `2026-01-15T12:00:${String(seconds).padStart(2, '0')}.000Z`,
  acknowledgedAt: `2026-01-15T12:00:${String(seconds).padStart(2, '0')}.900Z`,
  committedAt: `2026-01-15T12:00:${String(seconds).padStart(2, '0')}.500000Z`,
  ...more,
});
const row = (id: string, hash = `hash of ${id}`) => ({ kind: 'order' as const, id, hash });
const until = '2026-01-15T12:00:10.700000Z';

describe('the ledger judges what a recovery left', () => {
  it('is content when every acknowledged row is there once and unchanged', () => {
    const verdict = judge([entry('a', 1), entry('b', 2)], [row('a'), row('b')]);
    assert.equal(verdict.ok, true);
    assert.deepEqual([verdict.expected, verdict.present], [2, 2]);
  });

  it('names what is missing, changed and doubled', () => {
    const verdict = judge([entry('a', 1), entry('b', 2), entry('c', 3)], [row('b', 'other'), row('c'), row('c')]);
    assert.equal(verdict.ok, false);
    assert.deepEqual(
      verdict.missing.map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(verdict.changed, [{ kind: 'order', id: 'b' }]);
    assert.deepEqual(verdict.doubled, [{ kind: 'order', id: 'c', times: 2 }]);
    assert.equal(verdict.present, 0);
  });

  it('names a row that carries an id of the run and was never sent', () => {
    const verdict = judge([], [row('z')]);
    assert.match(verdict.unexpected[0]?.reason ?? '', /never sent/);
  });

  it('expects rows up to the target and none after it', () => {
    const entries = [entry('before', 9), entry('after', 11)];
    const good = judge(entries, [row('before')], { until });
    assert.deepEqual([good.ok, good.expected, good.takenAway], [true, 1, 1]);
    const bad = judge(entries, [row('before'), row('after')], { until });
    assert.deepEqual([bad.ok, bad.unexpected[0]?.id], [false, 'after']);
    assert.equal(judge(entries, [], { until }).missing[0]?.id, 'before');
  });

  it('goes by the commit time, not by when the client heard of it', () => {
    const straddling = entry('a', 10, { committedAt: '2026-01-15T12:00:10.500000Z' });
    assert.equal(judge([straddling], [row('a')], { until }).expected, 1);
    assert.equal(judge([{ ...straddling, committedAt: '2026-01-15T12:00:10.700001Z' }], [], { until }).takenAway, 1);
  });

  it('leaves in doubt what was committed within 20 ms before the target', () => {
    const close = entry('a', 10, { committedAt: '2026-01-15T12:00:10.690000Z' });
    for (const rows of [[], [row('a')]]) {
      const verdict = judge([close], rows, { until });
      assert.deepEqual([verdict.ok, verdict.expected, verdict.inDoubt[0]?.present], [true, 0, rows.length > 0]);
    }
  });

  it('leaves in doubt what straddles the target when the commit time is unknown', () => {
    const straddling = entry('a', 10, { committedAt: undefined });
    assert.equal(judge([straddling], [], { until }).inDoubt.length, 1);
    const clear = entry('b', 5, { committedAt: undefined });
    assert.equal(judge([clear], [row('b')], { until }).present, 1);
  });

  it('owes again what is committed after clients were let in again', () => {
    const window = { until, resumedAt: '2026-01-15T12:00:30.000000Z' };
    const verdict = judge([entry('lost', 20), entry('new', 40)], [], window);
    assert.deepEqual(
      verdict.missing.map(({ id }) => id),
      ['new'],
    );
    assert.equal(verdict.takenAway, 1);
  });

  it('lets what was never acknowledged be there or not, but not with other contents', () => {
    const sent = entry('a', 1, { acknowledgedAt: undefined, committedAt: undefined });
    assert.equal(judge([sent], []).ok, true);
    assert.deepEqual(judge([sent], [row('a')]).unacknowledged, { sent: 1, present: 1 });
    assert.equal(judge([sent], [row('a', 'other')]).ok, false);
  });
});

describe('times of the ledger', () => {
  it('keep microseconds and understand offsets', () => {
    assert.equal(microseconds('2026-01-15T12:00:00.123456Z') % 1_000_000n, 123456n);
    assert.equal(microseconds('2026-01-15 12:00:00.5+00'), microseconds('2026-01-15T13:00:00.500000+01:00'));
    assert.equal(microseconds('2026-01-15T12:00:00-0330'), microseconds('2026-01-15T15:30:00Z'));
  });

  for (const bad of ['2026-01-15 12:00:00', 'yesterday', '2026-13-45T12:00:00Z', ''])
    it(`refuse '${bad}'`, () => assert.throws(() => microseconds(bad), new RegExp(`'${bad}' is not a time`)));
});
