/** A person signs what a test has shown: the word is added, nothing that was there is changed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wordOf } from '../../../scripts/commands/evidence-attest';
import { attest, type Word } from '../../../scripts/evidence/attest';
import { manifestName } from '../../../scripts/evidence/chain';
import { nextTime } from '../../../scripts/evidence/next-time';
import type { TestRecord } from '../../../scripts/evidence/record';
import { needlesOf } from '../../../scripts/evidence/secrets';
import { verifyAlone } from '../../../scripts/evidence/verify';
import { made, reopened, savedRun } from '../../support/evidence-bundles';

const nobody = needlesOf(new Map());
const word: Word = {
  result: 'fail',
  by: 'DevOps Team Lead',
  notes: 'page checksums failed on the copy',
  participants: ['Database Provider'],
  deviations: ['started an hour late'],
  problems: [{ text: 'two pages of the backup are broken', owner: 'Database Provider' }],
};

describe('the record of a test', () => {
  const before = process.env['DR_HOME'];
  let home: string;
  let path: string;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'dr-attest-'));
    process.env['DR_HOME'] = home;
    path = (await made([savedRun('restore-test.failed')], join(home, 'evidence-bundles'))).path;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(path, name), 'utf8')) as T;

  it('is filled in from the run: scope, type, who took part, criteria, results, problems, next date', () => {
    const record = read<TestRecord>('record.json');
    assert.match(record.scope, /^database shandi: restore test/);
    assert.equal(record.type, 'restore test (test)');
    assert.deepEqual(record.participants, ['tester, started it']);
    assert.deepEqual(
      record.criteria.find(({ name }) => name === 'Page checksums'),
      { name: 'Page checksums', met: false, says: '2 failures' },
    );
    assert.equal(record.criteria.filter(({ met }) => !met).length, 1, 'every other one is met');
    assert.match(record.problems[0]?.text ?? '', /^DR-TEST-FAILED: /);
    assert.equal(record.problems[0]?.owner, null);
    assert.ok(record.results.some(({ name, value }) => name === 'Outcome' && value !== ''));
    // '0 5 1 * *' of the plan, seen from the day of the saved run.
    assert.equal(record.nextDate, '2026-12-01T05:00:00.000Z');
  });

  it('is signed: the word joins what the run knows, the chain grows, earlier entries stay as they were', async () => {
    const earlier = readFileSync(join(path, manifestName), 'utf8');
    const files = (await reopened(path)).entries.flatMap((entry) => ('path' in entry ? [entry.path] : []));
    const content = files.map((file) => readFileSync(join(path, file), 'utf8'));
    const first = await attest(path, word, nobody);
    const second = await attest(path, { ...word, result: 'pass', by: 'CTO', nextDate: '2026-12-24' }, nobody);
    assert.ok(readFileSync(join(path, manifestName), 'utf8').startsWith(earlier));
    assert.deepEqual(
      files.map((file) => readFileSync(join(path, file), 'utf8')),
      content,
    );
    const bundle = await reopened(path);
    assert.deepEqual(
      bundle.entries.slice(-2).map((entry) => [entry.kind, 'by' in entry && entry.by, entry.hash]),
      [
        ['attestation', 'DevOps Team Lead', first.head],
        ['attestation', 'CTO', second.head],
      ],
    );
    const { faults, attestations } = await verifyAlone(bundle, { replay: false });
    assert.deepEqual([faults, attestations.map(({ result }) => result)], [[], ['fail', 'pass']]);
    const signed = read<{ result: string; notes: string; record: TestRecord }>('attestations/1.json');
    assert.equal(signed.result, 'fail');
    assert.equal(signed.notes, word.notes);
    assert.deepEqual(signed.record.participants, ['tester, started it', 'Database Provider']);
    assert.deepEqual(signed.record.deviations.at(-1), 'started an hour late');
    assert.deepEqual(signed.record.problems.at(-1), word.problems[0]);
    assert.equal(read<{ record: TestRecord }>('attestations/2.json').record.nextDate, '2026-12-24');
  });

  it('a bundle that does not hold is not signed', async () => {
    writeFileSync(join(path, 'facts.json'), '{}');
    await assert.rejects(attest(path, word, nobody), /does not hold.*\n {2}facts\.json: it was changed/);
    assert.ok((await reopened(path)).entries.every(({ kind }) => kind !== 'attestation'));
  });

  it('a secret in the notes is refused by its place, without its value', async () => {
    const known = needlesOf(new Map([['KEY in file .env', 'correct horse "battery"']]));
    const notes = 'the password was correct horse "battery" then';
    await assert.rejects(attest(path, { ...word, notes }, known), (error: Error) => {
      assert.match(error.message, /the value of KEY in file \.env/);
      return !error.message.includes('horse');
    });
    assert.deepEqual((await verifyAlone(await reopened(path), { replay: false })).faults, []);
  });

  it('everything that is missing or wrong on the command line is said at once', () => {
    const faults: string[] = [];
    assert.equal(wordOf({ result: 'maybe', next: '2026-02-30', notes: ' ' }, faults), undefined);
    assert.deepEqual(
      faults.map((fault) => fault.split(' ')[0]),
      ['--result', '--by', '--notes', '--next'],
    );
    const problems = wordOf(
      { result: 'pass', by: 'b', notes: 'n', problem: ['CTO: slow', 'no owner yet'] },
      [],
    )?.problems;
    assert.deepEqual(problems, [
      { text: 'slow', owner: 'CTO' },
      { text: 'no owner yet', owner: null },
    ]);
  });

  it('the next date of a cron line', () => {
    const after = Date.parse('2026-11-28T08:10:43Z');
    const next = (cron: string): string | undefined => nextTime(cron, after)?.toISOString();
    assert.equal(next('0 5 1 * *'), '2026-12-01T05:00:00.000Z');
    assert.equal(next('0 5 15 1,4,7,10 *'), '2027-01-15T05:00:00.000Z');
    assert.equal(next('*/15 * * * *'), '2026-11-28T08:15:00.000Z');
    assert.equal(next('0 6 * * SUN'), '2026-11-29T06:00:00.000Z');
    assert.equal(next('0 0 29 2 *'), '2028-02-29T00:00:00.000Z');
    assert.equal(next('0 0 31 2 *'), undefined);
  });
});
