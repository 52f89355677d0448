import assert from 'node:assert/strict';
import { judgeAnswer } from '../../../activities/postgres/ask-business-queries';
import { compareTables } from '../../../activities/postgres/compare-tables';

describe('rows of the damaged server beside rows of the copy', () => {
  const rows = (table: string, count: number | null, note?: string) => ({
    table,
    rows: count,
    bytes: 8192,
    ...(note ? { note } : {}),
  });

  it('show a dropped table, one made later, and one that is locked', () => {
    const locked = 'locked by the excluded transaction: counted after promotion; about 249 by its statistics';
    assert.deepEqual(
      compareTables(
        [rows('public.orders', 249), rows('public.made_later', 3)],
        [{ ...rows('public.orders', null, locked), locked: true }, rows('public.payments', 243)],
      ),
      [
        { table: 'public.made_later', now: 3, after: null, note: 'made after the target: not in the copy' },
        { table: 'public.orders', now: 249, after: null, locked: true, note: locked },
        { table: 'public.payments', now: null, after: 243, note: 'dropped on the damaged server' },
      ],
    );
  });

  it('call only what the copy holds locked locked', () => {
    const waits = 'locked by another transaction: not counted';
    const [one] = compareTables(
      [{ ...rows('public.orders', null, waits), locked: true }],
      [rows('public.orders', null, waits)],
    );
    assert.equal(one?.locked, undefined);
    assert.equal(one?.note, `damaged server: ${waits}; copy: ${waits}`);
  });

  it('of a server that does not answer claim nothing about it', () => {
    assert.deepEqual(compareTables(undefined, [rows('public.users', 200)]), [
      { table: 'public.users', now: null, after: 200 },
    ]);
  });
});

describe('a business query', () => {
  const query = (expect: { min?: number; max?: number }) => ({ name: 'q', sql: 'SELECT 1', expect });

  it('is good inside its range, bad outside', () => {
    assert.equal(judgeAnswer(query({ min: 1, max: 5 }), 5).ok, true);
    assert.equal(judgeAnswer(query({ min: 1, max: 5 }), 6).ok, false);
    assert.deepEqual(judgeAnswer(query({ max: 0 }), 3), { name: 'q', value: 3, expected: 'at most 0', ok: false });
    assert.equal(judgeAnswer(query({ min: 2, max: 2 }), 2).expected, 'exactly 2');
  });

  it('without an answer is never good', () => {
    assert.deepEqual(judgeAnswer(query({}), null), {
      name: 'q',
      value: null,
      expected: 'any number',
      ok: false,
      note: 'returned no number',
    });
  });
});
