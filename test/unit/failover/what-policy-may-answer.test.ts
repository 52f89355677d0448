/** When the policy of the plan answers the gate of a failover in a person's place: only where nothing is in doubt. */
import assert from 'node:assert/strict';
import type { Database } from '../../../plan';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import { failoverInputSchema, type FailoverInput } from '../../../workflows/contracts/failover';
import { doubt, promoteGate, type FailoverFacts } from '../../../workflows/failover/decide';
import { estimateLoss } from '../../../workflows/failover/estimate';
import { cluster, lost, primary, sample, standby, survey } from '../../fixtures/servers';

const sighting = { verdict: 'died', reasons: ['primary: engine ok (exited)'], seenAt: '2026-11-22T17:00:00.250Z' };

const input = (change: Partial<FailoverInput> = {}): FailoverInput => ({
  ...failoverInputSchema.parse({ database: 'shandi', reason: 'it is lost', by: 'guard', sighting }),
  ...change,
});

function facts(
  of: { primary?: ServerFacts; loss?: Partial<FailoverFacts['loss']>; chosen?: ServerFacts } = {},
): FailoverFacts {
  const chosen = of.chosen ?? standby();
  const seen = survey({ primary: of.primary ?? lost(), sample: sample(), standbys: [chosen] });
  return { survey: seen, chosen, loss: { ...estimateLoss(sample(), chosen, sighting.seenAt), ...of.loss } };
}

const gate = (rules: Partial<Database['failover']> = {}, given = input(), first = facts()) =>
  promoteGate(cluster(rules), given, first);

describe('the policy answers', () => {
  it('when the primary is gone, its engine answers and the loss is within the RPO; and it says so', () => {
    assert.match(
      gate().answer?.(facts()) ?? '',
      /primary is gone, its engine answers, at most 200 ms is lost, 5 min is allowed/,
    );
  });

  it('up to the RPO itself', () => {
    assert.ok(gate().answer?.(facts({ loss: { ms: 300_000 } })));
    assert.equal(gate().answer?.(facts({ loss: { ms: 300_001 } })), undefined);
  });
});

describe('the policy leaves it to a person', () => {
  const cases: [string, RegExp, () => [Partial<Database['failover']>, FailoverInput, FailoverFacts]][] = [
    [
      'where the plan wants that',
      /the plan leaves every failover to a person/,
      () => [{ automatic: false }, input(), facts()],
    ],
    [
      'where the starter wants that',
      /left the decision to a person/,
      () => [{}, input({ policyMayAnswer: false }), facts()],
    ],
    [
      'where a standby was named',
      /postgres-standby was named by hand/,
      () => [{}, input({ to: 'postgres-standby' }), facts()],
    ],
    [
      'while the primary answers',
      /postgres answers: .*cut off a server that works/,
      () => [{}, input(), facts({ primary: primary() })],
    ],
    [
      'where the engine says nothing, so that no fence could be proven',
      /Docker engine of site primary does not answer, .*: ping timed out/,
      () => [{}, input(), facts({ primary: lost({ engineAnswered: false, problem: 'ping timed out' }) })],
    ],
    [
      'where the loss is not known',
      /the loss cannot be estimated: nobody watched/,
      () => [{}, input(), facts({ loss: { ms: null, basis: 'nobody watched' } })],
    ],
    [
      'where more is lost than the tier allows',
      /up to 6 min would be lost, tier P1 allows 5 min/,
      () => [{}, input(), facts({ loss: { ms: 360_000 } })],
    ],
  ];
  for (const [title, reason, make] of cases)
    it(`${title}, and the card says why`, () => {
      const [rules, given, seen] = make();
      assert.match(doubt(cluster(rules), given, seen) ?? '', reason);
      const made = gate(rules, given, seen);
      assert.equal(made.answer?.(seen), undefined);
      assert.match(made.card(seen).warnings.join('\n'), reason);
    });

  it('a card without doubt has no such warning', () => {
    assert.doesNotMatch(gate().card(facts()).warnings.join('\n'), /policy does not answer/);
  });
});

describe('the card', () => {
  it('shows what would be lost, in bytes, time and transactions, against the RPO', () => {
    const chosen = standby({ receivedLsn: '0/5F00000', nextXid: '958', heartbeatAt: '2026-11-22T16:59:57.000Z' });
    const values = gate()
      .card(facts({ chosen }))
      .loss.map(({ label, value }) => `${label}: ${value}`);
    assert.deepEqual(values.slice(0, 4), [
      'Time, at most: 3.2 s',
      'WAL the standby has not: 1 MB',
      'Transactions: 42',
      'RPO of tier P1: kept: 3.2 s of 5 min',
    ]);
    const unknown = gate().card(facts({ loss: { ms: null, bytes: null, transactions: null } })).loss;
    assert.deepEqual(
      unknown.slice(0, 4).map((one) => one.value),
      Array(4).fill('not known'),
    );
    const missed = gate().card(facts({ loss: { ms: 360_000 } })).loss;
    assert.match(missed[3]?.value ?? '', /MISSED: 6 min of 5 min/);
  });

  it('says what the guard saw, and that a primary that works should be switched over instead', () => {
    assert.match(JSON.stringify(gate().card(facts()).facts), /Seen by the guard.*engine ok \(exited\)/);
    assert.match(
      gate()
        .card(facts({ primary: primary() }))
        .warnings.join('\n'),
      /postgres works. .*use a switchover/,
    );
  });

  it('who may approve, and for how long it stands, is the plan’s, or the starter’s', () => {
    assert.deepEqual(gate().policy.approvers, ['Primary On-Call', 'Secondary On-Call', 'DevOps Team']);
    assert.equal(gate().policy.expiresMs, 600_000);
    assert.equal(gate({}, input({ approvalTimeoutMs: 5_000 })).policy.expiresMs, 5_000);
  });
});

describe('an approval is void', () => {
  const before = facts();
  const drift = (now: FailoverFacts, was = before): string => gate().drifted(was, now) ?? '';

  it('not while the facts hold, nor for a loss within the tolerance of the plan', () => {
    assert.equal(drift(structuredClone(before)), '');
    assert.equal(drift(facts({ loss: { ms: 5_200, transactions: 100 } })), '');
  });

  it('when more is lost than the card showed and the plan tolerates', () => {
    assert.match(drift(facts({ loss: { ms: 5_201 } })), /loss was 200 ms, is now 5.2 s; the plan tolerates 5 s more/);
    assert.match(drift(facts({ loss: { transactions: 101 } })), /loss was 0 transactions, is now 101/);
    assert.match(drift(facts({ loss: { ms: null } })), /is now not known/);
  });

  it('not for a loss that was unknown on the card already', () => {
    assert.equal(drift(facts({ loss: { ms: 9e9 } }), facts({ loss: { ms: null, transactions: null } })), '');
  });

  it('when another server is the primary, or the lost one answers again', () => {
    const moved = facts();
    moved.survey.primary = { ...moved.survey.primary, service: 'postgres-standby' };
    assert.match(drift(moved), /the primary was postgres, is now postgres-standby/);
    assert.match(drift(facts({ primary: primary() })), /the primary postgres answers again/);
    assert.equal(
      drift(facts({ primary: primary() }), facts({ primary: primary() })),
      '',
      'one that always did is on the card',
    );
  });

  it('when the standby is none any more', () => {
    assert.match(
      drift(facts({ chosen: standby({ answered: false, problem: 'its container is gone' }) })),
      /postgres-standby was a standby .*its container is gone/,
    );
    assert.match(drift(facts({ chosen: standby({ inRecovery: false }) })), /it takes writes/);
    assert.match(drift(facts({ chosen: standby({ timeline: 2 }) })), /was on timeline 1, is now on 2/);
  });
});
