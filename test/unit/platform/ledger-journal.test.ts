import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash, Journal, readJournal } from '../../../platform/ledger/journal';
import { verdict } from '../../../platform/ledger/verdict';

describe('the ledger keeps a journal', () => {
  let directory = '';
  let file = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    file = join(directory, 'journal.jsonl');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const contents = { id: 'r1-1', customerId: 1, propertyId: 2, totalCents: 500, items: [{ b: 1, a: 2 }] };
  const at = '2026-01-15T12:00:00.000Z';
  const fill = (): void => {
    const journal = new Journal(file);
    journal.add({ type: 'run', run: 'r1', startedAt: at, gateway: 'http://127.0.0.1:1' });
    journal.add({ type: 'sent', kind: 'order', id: 'r1-1', hash: contentHash(contents), at });
    journal.add({ type: 'acknowledged', id: 'r1-1', at, committedAt: '2026-01-15T12:00:00.000001Z' });
    journal.add({ type: 'sent', kind: 'payment', id: 'r1-2', hash: 'x', at });
    journal.add({ type: 'failed', id: 'r1-2', at, reason: 'status 503' });
    journal.close();
  };

  it('reads back what was sent, acknowledged and failed', () => {
    fill();
    const { runs, entries } = readJournal(file);
    assert.deepEqual(runs, ['r1']);
    assert.deepEqual(
      entries.map(({ id, acknowledgedAt, failure }) => [id, acknowledgedAt !== undefined, failure]),
      [
        ['r1-1', true, undefined],
        ['r1-2', false, 'status 503'],
      ],
    );
  });

  it('forgives a last line cut off by a kill, and nothing else', () => {
    fill();
    appendFileSync(file, '{"type":"sent","ki');
    assert.equal(readJournal(file).entries.length, 2);
    writeFileSync(file, 'garbage\n{"type":"run","run":"r1"}\n');
    assert.throws(() => readJournal(file), /journal\.jsonl:1 is not a line of a ledger journal/);
  });

  it('has a hash that does not depend on the order of keys', () => {
    assert.equal(contentHash({ a: 1, b: [{ c: 1, d: 2 }] }), contentHash({ b: [{ d: 2, c: 1 }], a: 1 }));
    assert.notEqual(contentHash([1, 2]), contentHash([2, 1]));
  });

  it('is compared with what the database returns', async () => {
    fill();
    const query = (sql: string): Promise<Record<string, unknown>[]> =>
      Promise.resolve(sql.includes('FROM orders') ? [{ ...contents, items: [{ a: 2, b: 1 }] }] : []);
    const result = await verdict({ file, query });
    assert.deepEqual([result.ok, result.expected, result.present], [true, 1, 1]);
  });

  it('does not take what is sent while the tables are read for a row nobody sent', async () => {
    fill();
    const query = (sql: string): Promise<Record<string, unknown>[]> => {
      if (!sql.includes('FROM orders')) return Promise.resolve([]);
      appendFileSync(file, JSON.stringify({ type: 'sent', kind: 'order', id: 'r1-3', hash: 'y', at }) + '\n');
      return Promise.resolve([contents, { ...contents, id: 'r1-3' }]);
    };
    assert.equal((await verdict({ file, query })).ok, true);
  });

  it('says which table is gone and counts its rows as missing', async () => {
    fill();
    const query = (): Promise<never> => Promise.reject(Object.assign(new Error('no such table'), { code: '42P01' }));
    const result = await verdict({ file, query });
    assert.deepEqual([result.ok, result.missing.length, result.missingTables], [false, 1, ['orders', 'payments']]);
  });
});
