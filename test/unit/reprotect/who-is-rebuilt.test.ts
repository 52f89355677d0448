/** Which servers are made standbys again, and when none is. One that is left out is a standby nobody can fail over to. */
import assert from 'node:assert/strict';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import { follows, membersToRebuild, objections } from '../../../workflows/reprotect/candidates';
import { lost, primary, standby, survey } from '../../fixtures/servers';

const standbyWithoutReceiver = (): ServerFacts => {
  const one = standby();
  delete one.receiver;
  return one;
};

describe('a standby follows', () => {
  it('in recovery, of the same cluster and timeline, with a receiver that streams', () => {
    assert.equal(follows(standby(), primary()), true);
  });

  const not: [string, ServerFacts][] = [
    ['one that does not answer', standby({ answered: false })],
    ['a former primary that takes writes', standby({ inRecovery: false })],
    ['one of another cluster', standby({ systemIdentifier: '8' })],
    ['one left behind on the old timeline', standby({ timeline: 2 })],
    ['one whose receiver waits', standby({ receiver: 'waiting' })],
    ['one without a receiver', standbyWithoutReceiver()],
  ];
  for (const [title, one] of not)
    it(`not: ${title}; it is rebuilt`, () => {
      assert.equal(follows(one, primary()), false);
      const rebuilt = membersToRebuild(survey({ standbys: [standby({ service: 'good' }), one] }), undefined);
      assert.deepEqual(
        rebuilt.map((facts) => facts.service),
        ['postgres-standby'],
      );
    });
});

describe('who is rebuilt', () => {
  it('nobody when all follow, and a named one even then', () => {
    assert.deepEqual(membersToRebuild(survey(), undefined), []);
    assert.deepEqual(
      membersToRebuild(survey(), 'postgres-standby').map((one) => one.service),
      ['postgres-standby'],
    );
  });

  it('the named one alone, though others do not follow either', () => {
    const standbys = [lost({ service: 'a' }), lost({ service: 'b' })];
    assert.deepEqual(
      membersToRebuild(survey({ standbys }), 'b').map((one) => one.service),
      ['b'],
    );
  });
});

describe('nothing is rebuilt', () => {
  it('from a primary that works there is nothing against it', () => {
    assert.deepEqual(objections(survey(), 'postgres-standby'), []);
  });

  it('from a primary that does not answer, or is read-only', () => {
    assert.match(
      objections(survey({ primary: lost() }), undefined)[0]?.message ?? '',
      /postgres does not answer: .*137/,
    );
    assert.match(
      objections(survey({ primary: primary({ inRecovery: true }) }), undefined)[0]?.message ?? '',
      /postgres is in recovery, read-only/,
    );
  });

  it('under a name that is no standby, the primary’s own among them; both reasons at once', () => {
    const refusals = objections(survey({ primary: lost() }), 'postgres');
    assert.deepEqual(
      refusals.map((one) => one.code),
      ['DR-DATABASE-DOWN', 'DR-INPUT'],
    );
    assert.match(refusals[1]?.message ?? '', /"postgres"; the standbys of postgres are: postgres-standby/);
  });
});
