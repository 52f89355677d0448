/** What a failover would lose, before and after: a figure that is too small promotes a standby nobody would have taken. */
import assert from 'node:assert/strict';
import { lossOf } from '../../../workflows/failover/body';
import { estimateLoss } from '../../../workflows/failover/estimate';
import { lost, sample, standby, survey } from '../../fixtures/servers';

const since = '2026-11-22T17:00:00.250Z';

describe('the loss that is predicted', () => {
  it('is the time from the sample to the silence when the standby has everything that was seen', () => {
    const loss = estimateLoss(sample(), standby(), since);
    assert.deepEqual(
      { bytes: loss.bytes, ms: loss.ms, transactions: loss.transactions, sampleAgeMs: loss.sampleAgeMs },
      { bytes: 0, ms: 200, transactions: 0, sampleAgeMs: 200 },
    );
    assert.match(loss.basis, /primary last seen at 0\/6000000 \(2026-11-22T17:00:00.050Z\), standby has 0\/6000000/);
  });

  it('counts the bytes, the transactions and the time by which the standby lags on top', () => {
    const behind = standby({ receivedLsn: '0/5F00000', nextXid: '958', heartbeatAt: '2026-11-22T16:59:57.000Z' });
    const loss = estimateLoss(sample(), behind, since);
    assert.deepEqual([loss.bytes, loss.transactions, loss.ms], [0x100000, 42, 3_200]);
  });

  it('counts transaction ids of 64 bits', () => {
    const at = sample({ nextXid: '18446744073709551615' });
    const behind = standby({ receivedLsn: '0/5000000', nextXid: '18446744073709551600' });
    assert.equal(estimateLoss(at, behind, since).transactions, 15);
  });

  it('is nothing where the standby has more than was seen, and never less than nothing', () => {
    const ahead = standby({ receivedLsn: '0/6000100', nextXid: '1001', heartbeatAt: '2026-11-22T17:00:09.000Z' });
    const loss = estimateLoss(sample(), ahead, '2026-11-22T16:59:59.000Z');
    assert.deepEqual([loss.bytes, loss.ms, loss.transactions, loss.sampleAgeMs], [0, 0, 0, 0]);
  });

  it('is not known when the sample is of a timeline that the standby has left behind', () => {
    const loss = estimateLoss(sample(), standby({ timeline: 2 }), since);
    assert.deepEqual([loss.bytes, loss.ms, loss.transactions], [null, null, null]);
    assert.match(loss.basis, /of timeline 1 .*, postgres-standby is on 2/);
  });

  it('is not known when the standby lags and its heartbeats cannot be read', () => {
    const behind = standby({ receivedLsn: '0/5000000', nextXid: '990' });
    delete behind.heartbeatAt;
    const loss = estimateLoss(sample(), behind, since);
    assert.deepEqual([loss.bytes, loss.ms, loss.transactions], [0x1000000, null, 10]);
    const level = standby();
    delete level.heartbeatAt;
    assert.equal(estimateLoss(sample(), level, since).ms, 200, 'one that does not lag needs none');
  });

  it('is not known when nobody watched, and says how to have it watched', () => {
    const loss = estimateLoss(undefined, standby(), since);
    assert.deepEqual([loss.bytes, loss.ms, loss.transactions, loss.sampleAgeMs], [null, null, null, null]);
    assert.match(loss.basis, /nobody watched .*dr guard/);
  });

  it('is not known when nobody can say until when the primary went on after it was last seen', () => {
    // Yesterday's sample: the standby has that, and may lack everything since.
    const loss = estimateLoss(sample(), standby(), undefined);
    assert.deepEqual([loss.ms, loss.sampleAgeMs], [null, null]);
    assert.match(loss.basis, /primary last seen at 0\/6000000/);
  });
});

describe('the loss that is reported in the end', () => {
  const facts = {
    survey: survey({ primary: lost(), sample: sample() }),
    chosen: standby(),
    loss: estimateLoss(sample(), standby(), since),
  };
  const salvage = { fromLsn: '0/6000000', segments: [], bytes: 0, durationMs: 1 };
  const proof = { container: 'x', running: false, restartPolicy: 'no', connect: 'refused', provenAt: since };
  const opened = (forkLsn: string): Parameters<typeof lossOf>[2] =>
    ({ promoted: { service: 'postgres-standby', timeline: 2, formerTimeline: 1, forkLsn } }) as Parameters<
      typeof lossOf
    >[2];

  it('is nothing when the WAL of a server that is proven to be stopped was read to its end', () => {
    const loss = lossOf(facts, { salvage: { ...salvage, complete: true }, proof, held: true }, opened('0/6000028'));
    assert.equal(loss.ms, 0);
    assert.match(loss.basis, /the WAL of postgres was taken over to its end; the old timeline ends at 0\/6000028/);
  });

  it('is the prediction when nothing could be salvaged, with both positions', () => {
    const fenced = { salvage: { ...salvage, complete: false }, proof, held: true };
    const loss = lossOf(facts, fenced, opened('0/5F00000'));
    assert.equal(loss.ms, 200);
    assert.match(
      loss.basis,
      /last known position was 0\/6000000, the old timeline ends at 0\/5F00000 \(1 MB before it\)/,
    );
    assert.match(lossOf(facts, fenced, opened('0/6000000')).basis, /\(not before it\)/);
  });

  it('is not known when nobody watched and nothing could be salvaged', () => {
    const unwatched = {
      ...facts,
      survey: survey({ primary: lost() }),
      loss: estimateLoss(undefined, standby(), since),
    };
    const loss = lossOf(
      unwatched,
      { salvage: { ...salvage, complete: false }, proof, held: true },
      opened('0/6000000'),
    );
    assert.equal(loss.ms, null);
    assert.match(loss.basis, /nobody watched .*; nothing could be salvaged/);
  });

  it('is not known while the old primary may still take writes, whatever was salvaged', () => {
    for (const complete of [true, false]) {
      const loss = lossOf(facts, { salvage: { ...salvage, complete }, held: true }, opened('0/6000028'));
      assert.equal(loss.ms, null);
      assert.match(loss.basis, /postgres is not proven to be stopped: what it takes from now on is not here/);
    }
  });
});
