import assert from 'node:assert/strict';
import type { DatabaseFacts, Loss } from '../../../workflows/contracts/recovery';
import { drift, lossDrift, type CutOverFacts } from '../../../workflows/pitr/decide';
import { aheadOfPrimary, otherRefusals } from '../../../workflows/pitr/preflight';

const primary = {
  answered: true,
  now: '2026-11-22T17:00:00.000Z',
  lsn: '0/6000000',
  lastCommitAt: '2026-11-22T16:59:58.000Z',
  databaseBytes: 1e9,
  collations: [],
  tablespaces: [],
} as unknown as DatabaseFacts;

describe('targets the primary has not reached', () => {
  it('a moment ahead of its clock names the last commit', () => {
    const refusal = aheadOfPrimary({ kind: 'time', time: '2026-11-22T18:00:00Z' }, primary);
    assert.match(
      refusal?.message ?? '',
      /lies 3600 s in the future .*the last reachable commit is 2026-11-22T16:59:58/,
    );
  });

  it('an LSN behind the end names both', () => {
    const refusal = aheadOfPrimary({ kind: 'lsn', lsn: '1/0', stop: 'before' }, primary);
    assert.match(refusal?.message ?? '', /has only written up to LSN 0\/6000000/);
  });

  it('a transaction that was never given out is refused, one that was is looked for', () => {
    const known = { ...primary, nextXid: '900' };
    const refusal = aheadOfPrimary({ kind: 'xid', xid: '900', stop: 'before' }, known);
    assert.match(refusal?.message ?? '', /transaction 900 neither committed nor aborted, the next one .* is 900/);
    assert.equal(aheadOfPrimary({ kind: 'xid', xid: '899', stop: 'before' }, known), undefined);
    const wrapped = { ...primary, nextXid: (2n ** 32n + 5n).toString() };
    assert.equal(aheadOfPrimary({ kind: 'xid', xid: '900', stop: 'before' }, wrapped), undefined);
  });

  it('the past is not refused, nor anything when the primary does not answer', () => {
    assert.equal(aheadOfPrimary({ kind: 'time', time: '2026-11-22 17:59:59+01' }, primary), undefined);
    assert.equal(aheadOfPrimary({ kind: 'lsn', lsn: '0/5FFFFFF', stop: 'after' }, primary), undefined);
    assert.equal(
      aheadOfPrimary({ kind: 'time', time: '2026-11-22T18:00:00Z' }, { ...primary, answered: false }),
      undefined,
    );
  });
});

describe('other reasons not to begin', () => {
  const coverage = { walBytes: 0 } as never;
  const disk = (freeBytes: number): { path: string; freeBytes: number; totalBytes: number } => ({
    path: '/v',
    freeBytes,
    totalBytes: 1e12,
  });

  it('asks for 1.2 times the database', () => {
    assert.deepEqual(otherRefusals(primary, coverage, disk(1.2e9)), []);
    assert.match(otherRefusals(primary, coverage, disk(1.19e9))[0]?.message ?? '', /1.2 GB: 1.2 × 1 GB/);
  });

  it('names tablespaces and both collation versions', () => {
    const facts = {
      ...primary,
      tablespaces: ['fast'],
      collations: [{ database: 'd', recorded: '2.31', actual: '2.36' }],
    };
    const codes = otherRefusals(facts, coverage, disk(1e12)).map((one) => one.code);
    assert.deepEqual(codes, ['DR-COLLATION-MISMATCH', 'DR-TABLESPACES']);
  });
});

describe('drift', () => {
  const loss = { transactions: 10, windowMs: 1000 } as Loss;
  const tolerance = { seconds: 5000, transactions: 5 };
  const facts: CutOverFacts = {
    copy: { volume: 'copy', replayLsn: '0/5', timeline: 1, paused: true },
    damaged: { container: 'a', volume: 'v', systemIdentifier: '7', timeline: 1, answered: true },
    loss,
  };

  it('growth within the tolerance is expected, beyond it is said', () => {
    assert.equal(lossDrift(loss, { ...loss, transactions: 15, windowMs: 6000 }, tolerance), undefined);
    assert.match(lossDrift(loss, { ...loss, transactions: 16 }, tolerance) ?? '', /was 10 transactions, is now 16/);
    assert.match(lossDrift(loss, { ...loss, windowMs: 6001 }, tolerance) ?? '', /was 1 s, is now 6 s/);
  });

  it('a copy somebody moved and a server somebody replaced void the approval', () => {
    assert.match(
      drift(facts, { ...facts, copy: { ...facts.copy, paused: false } }, tolerance) ?? '',
      /paused of the copy was true, is now false/,
    );
    assert.match(
      drift(facts, { ...facts, damaged: { ...facts.damaged, container: 'b' } }, tolerance) ?? '',
      /container of the damaged server/,
    );
    assert.equal(drift(facts, structuredClone(facts), tolerance), undefined);
  });
});
