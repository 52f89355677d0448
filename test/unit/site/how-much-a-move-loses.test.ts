import assert from 'node:assert/strict';
import type { PrimarySample, ServerFacts } from '../../../workflows/contracts/cluster';
import { estimateSiteLoss } from '../../../workflows/site/loss';

const standIn = {
  service: 'backup-postgres',
  timeline: 1,
  receivedLsn: '0/5000000',
  nextXid: '900',
  heartbeatAt: '2026-11-22T17:00:00.000Z',
} as ServerFacts;
const sample: PrimarySample = {
  service: 'postgres',
  systemIdentifier: '7',
  timeline: 1,
  lsn: '0/5000000',
  nextXid: '900',
  heartbeatAt: '2026-11-22T17:00:00.000Z',
  at: '2026-11-22T17:00:00.500Z',
};
const lostBy = '2026-11-22T17:00:02.000Z';

describe('how much a move to another site loses, at most', () => {
  it('nobody watched: what can have been acknowledged since the newest heartbeat that is there', () =>
    assert.equal(estimateSiteLoss(undefined, standIn, lostBy).ms, 2_000));

  it('somebody watched, and has seen the primary later: the smaller bound', () =>
    assert.equal(estimateSiteLoss(sample, standIn, lostBy).ms, 1_500));

  it('the standby lags behind what was seen: the heartbeats bound it', () => {
    const seen = {
      ...sample,
      lsn: '0/6000000',
      nextXid: '950',
      heartbeatAt: '2026-11-22T17:00:01.500Z',
      at: '2026-11-22T17:00:01.600Z',
    };
    const { ms, bytes, transactions } = estimateSiteLoss(seen, standIn, lostBy);
    assert.deepEqual([ms, bytes, transactions], [1_900, 16_777_216, 50]);
  });

  it('nothing is known: it says so', () => {
    const blind = { ...standIn };
    delete blind.heartbeatAt;
    assert.equal(estimateSiteLoss(undefined, blind, lostBy).ms, null);
  });
});
