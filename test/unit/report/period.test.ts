import assert from 'node:assert/strict';
import {
  lastPeriod,
  periodAt,
  periodOf,
  reportKinds,
  trendOf,
  type ReportKind,
} from '../../../workflows/contracts/period';

const at = (iso: string): number => Date.parse(iso);
const span = (kind: ReportKind, name: string): string[] => {
  const found = periodOf(kind, name);
  return found ? [found.from.slice(0, 16), found.to.slice(0, 16)] : [];
};

describe('periods that a report is about', () => {
  it('begin and end in UTC, and the last moment of one is the first of the next', () => {
    assert.deepEqual(span('daily', '2026-11-27'), ['2026-11-27T00:00', '2026-11-28T00:00']);
    assert.deepEqual(span('monthly', '2026-12'), ['2026-12-01T00:00', '2027-01-01T00:00']);
    assert.deepEqual(span('quarterly', '2026-Q4'), ['2026-10-01T00:00', '2027-01-01T00:00']);
    assert.deepEqual(span('annual', '2026'), ['2026-01-01T00:00', '2027-01-01T00:00']);
    assert.equal(periodAt('monthly', at('2026-10-31T23:59:59.999Z')).name, '2026-10');
    assert.equal(periodAt('monthly', at('2026-11-01T00:00:00Z')).name, '2026-11');
    // Eleven at night in New York is the next day already.
    assert.equal(periodAt('daily', at('2026-11-27T23:00:00-05:00')).name, '2026-11-28');
  });

  it('know the leap day', () => {
    assert.deepEqual(span('daily', '2028-02-29'), ['2028-02-29T00:00', '2028-03-01T00:00']);
    assert.deepEqual(span('monthly', '2028-02'), ['2028-02-01T00:00', '2028-03-01T00:00']);
    assert.equal(periodOf('daily', '2026-02-29'), undefined);
    assert.equal(lastPeriod('daily', at('2028-03-01T07:00:00Z')).name, '2028-02-29');
  });

  it('count weeks as ISO 8601 does: a week belongs to the year of its Thursday', () => {
    assert.equal(periodAt('weekly', at('2026-01-01T00:00:00Z')).name, '2026-W01');
    assert.equal(periodAt('weekly', at('2027-01-01T00:00:00Z')).name, '2026-W53');
    assert.equal(periodAt('weekly', at('2024-12-30T00:00:00Z')).name, '2025-W01');
    assert.deepEqual(span('weekly', '2026-W48'), ['2026-11-23T00:00', '2026-11-30T00:00']);
    assert.equal(periodOf('weekly', '2026-W53')?.name, '2026-W53');
    assert.equal(periodOf('weekly', '2025-W53'), undefined);
  });

  it('are the newest that are over, when none is named', () => {
    const now = at('2026-01-01T00:00:00Z');
    assert.deepEqual(
      reportKinds.map((kind) => lastPeriod(kind, now).name),
      ['2025-12-31', '2025-W52', '2025-12', '2025-Q4', '2025'],
    );
  });

  it('of a name that is none are none', () => {
    for (const [kind, name] of [
      ['daily', '2026-13-01'],
      ['monthly', '2026-00'],
      ['monthly', '2026-11-27'],
      ['quarterly', '2026-Q5'],
      ['weekly', '2026-W00'],
      ['annual', '26'],
    ] as const)
      assert.equal(periodOf(kind, name), undefined, name);
  });

  it('of a trend follow each other without a gap, and end with the one that is asked for', () => {
    for (const kind of reportKinds) {
      const trend = trendOf(lastPeriod(kind, at('2028-03-15T12:00:00Z')));
      for (const [index, period] of trend.slice(1).entries()) assert.equal(period.from, trend[index]?.to, kind);
      assert.equal(trend.at(-1)?.name, lastPeriod(kind, at('2028-03-15T12:00:00Z')).name);
    }
    assert.equal(trendOf(periodOf('monthly', '2026-03')!)[0]?.name, '2025-04');
  });
});
