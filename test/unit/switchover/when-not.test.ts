/** When a planned switchover is refused before it holds a single client; every reason at once. */
import assert from 'node:assert/strict';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import { chooseForSwitchover } from '../../../workflows/switchover/refusals';
import { lost, primary, standby, survey } from '../../fixtures/servers';

const choice = (of: { primary?: ServerFacts; standbys?: ServerFacts[]; named?: string } = {}) =>
  chooseForSwitchover(survey({ primary: of.primary ?? primary(), standbys: of.standbys ?? [standby()] }), of.named);

const without = (facts: ServerFacts, key: 'receiver'): ServerFacts => {
  const rest = { ...facts };
  delete rest[key];
  return rest;
};

describe('a switchover is possible', () => {
  it('from a primary that works to a standby that follows', () => {
    const { chosen, refusals } = choice();
    assert.equal(chosen?.service, 'postgres-standby');
    assert.deepEqual(refusals, []);
  });

  it('with a lag, and a transaction, just as large as allowed', () => {
    const busy = primary({ receivedLsn: '0/6100000', oldestTransactionMs: 5_000 });
    assert.ok(choice({ primary: busy }).chosen);
  });

  it('however long ago the last heartbeat was: the primary itself is asked, not what a guard remembers', () => {
    assert.ok(
      choice({ standbys: [standby({ heartbeatAt: '2026-11-20T00:00:00.000Z', receiverSilenceMs: 9e9 })] }).chosen,
    );
  });
});

describe('a switchover is refused', () => {
  const cases: [string, Parameters<typeof choice>[0], string, RegExp][] = [
    [
      'from a primary that is gone',
      { primary: lost() },
      'DR-DATABASE-DOWN',
      /primary postgres does not answer: .*exit code 137/,
    ],
    [
      'from one that is read-only',
      { primary: primary({ inRecovery: true }) },
      'DR-DATABASE-DOWN',
      /is in recovery, read-only/,
    ],
    [
      'to a standby that does not stream',
      { standbys: [without(standby(), 'receiver')] },
      'DR-STANDBY',
      /does not stream from postgres \(it has no receiver\)/,
    ],
    [
      'to one whose receiver waits',
      { standbys: [standby({ receiver: 'waiting' })] },
      'DR-STANDBY',
      /does not stream from postgres \(waiting\)/,
    ],
    [
      'to one that lags in replay',
      { standbys: [standby({ replayedLsn: '0/5EFFFFF' })] },
      'DR-STANDBY',
      /1 MB behind in replay; at most 1 MB/,
    ],
    [
      'to one of another timeline',
      { standbys: [standby({ timeline: 2 })] },
      'DR-STANDBY',
      /on timeline 2, the primary was on 1/,
    ],
    ['to one of another cluster', { standbys: [standby({ systemIdentifier: '8' })] }, 'DR-STANDBY', /another cluster/],
    [
      'to one whose replay is paused',
      { standbys: [standby({ replayPaused: true })] },
      'DR-STANDBY',
      /replay is paused/,
    ],
    [
      'while a transaction is open for long',
      { primary: primary({ oldestTransactionMs: 5_001 }) },
      'DR-STALL',
      /transaction on postgres is open for 5 s/,
    ],
    [
      'to a server that is no standby',
      { named: 'postgres' },
      'DR-INPUT',
      /"postgres"; the standbys now are: postgres-standby/,
    ],
    ['where there is no standby', { standbys: [] }, 'DR-STANDBY', /no standby/],
  ];
  for (const [title, of, code, sentence] of cases)
    it(title, () => {
      const { chosen, refusals } = choice(of);
      assert.equal(chosen, undefined);
      assert.deepEqual(
        refusals.map((one) => one.code),
        [code],
      );
      assert.match(refusals[0]?.message ?? '', sentence);
      assert.match(refusals[0]?.next ?? '', /\S/);
    });

  it('for everything at once', () => {
    const { refusals } = choice({
      primary: primary({ oldestTransactionMs: 60_000 }),
      standbys: [without(standby({ replayedLsn: '0/0' }), 'receiver')],
    });
    assert.deepEqual(
      refusals.map((one) => one.code),
      ['DR-STANDBY', 'DR-STANDBY', 'DR-STALL'],
    );
  });
});
