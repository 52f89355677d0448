/** When an observer ends its watch: one that overlooks a standby without a stream leaves nobody to fail over to. */
import assert from 'node:assert/strict';
import { fault, lateFor, withLate } from '../../../activities/guard/faults';
import type { ProbeAnswer, Round } from '../../../workflows/contracts/guard';
import { judge } from '../../../workflows/guard/judge';
import { sample } from '../../fixtures/servers';

type Answers = [ProbeAnswer['probe'], ProbeAnswer['answer']][];
const peace: Answers = [
  ['direct', 'ok'],
  ['client-path', 'ok'],
  ['standby', 'ok'],
];
const round = (answers: Answers, rest: Partial<Round> = {}): Round => ({
  observer: 'primary',
  startedAt: '2026-11-22T17:00:00.000Z',
  answers: answers.map(([probe, answer]) => ({ probe, answer, says: `${probe} ${answer}`, tookMs: 1 })),
  ...rest,
});

/** Looks in which the primary writes on and its standbys have received so much. */
const looks = (...received: (string | null)[][]): Round[] =>
  received.map((each, index) =>
    round([['direct', 'ok'], ['client-path', 'ok'], ...each.map((): Answers[number] => ['standby', 'ok'])], {
      received: each,
      sample: sample({ lsn: `0/600000${index + 1}` }),
    }),
  );

/** What the last of them is taken for, and what ends the watch there. */
function watch(rounds: Round[], known: ProbeAnswer['probe'][] = []): { ends: string | undefined; judged: string } {
  let so: number[] = [];
  let before: Round | undefined;
  let last: Round = round([]);
  let ends: string | undefined;
  for (const seen of rounds) {
    so = lateFor(seen, before, so);
    last = withLate(seen, so);
    ends = fault(last, known, before);
    before = last;
  }
  return { ends, judged: judge([[last]], 3).verdict };
}

describe('a watch goes on', () => {
  it('while everything is as it should be', () => {
    assert.equal(fault(round(peace), [], undefined), undefined);
    assert.equal(watch(looks(['0/6000001'], ['0/6000002'], ['0/6000003'])).ends, undefined);
  });

  it('while a standby is late for a few looks: that is a slow one', () => {
    const { ends, judged } = watch(looks(['0/6000001'], ['0/6000000'], ['0/6000000'], ['0/6000000'], ['0/6000000']));
    assert.deepEqual([ends, judged], [undefined, 'healthy']);
  });

  it('while what is known not to answer does not', () => {
    const down = round([
      ['direct', 'ok'],
      ['client-path', 'refused'],
      ['standby', 'ok'],
    ]);
    assert.equal(fault(down, ['client-path'], undefined), undefined);
  });
});

describe('a watch ends', () => {
  it('at the first probe that is not answered as it should be, in its words', () => {
    for (const answer of ['error', 'refused', 'silent', 'unknown'] as const)
      assert.equal(fault(round([['direct', answer]]), [], undefined), `direct: direct ${answer}`);
  });

  it('when a standby answers but receives nothing any more, and that is judged to be a broken one', () => {
    const stuck = Array.from({ length: 6 }, () => ['0/6000000']);
    const { ends, judged } = watch(looks(...stuck));
    assert.match(ends ?? '', /standby ok, and does not receive what the primary writes/);
    assert.equal(judged, 'standby-broken');
  });

  it('and it names the one of several that is stuck', () => {
    const rounds = looks(...Array.from({ length: 6 }, (_, index) => [`0/600000${index + 1}`, '0/6000000']));
    const last = withLate(rounds[5] ?? round([]), [0, 5]);
    assert.deepEqual(
      last.answers.filter((one) => one.probe === 'standby').map((one) => one.answer),
      ['ok', 'silent'],
    );
  });

  it('one look in which it received begins the count anew', () => {
    const slow = looks(['0/1'], ['0/1'], ['0/1'], ['0/1'], ['0/6000004'], ['0/1'], ['0/1'], ['0/1'], ['0/1']);
    assert.equal(watch(slow).ends, undefined);
  });

  it('when everything that was known not to answer is well again, not when a part of it is', () => {
    const known: ProbeAnswer['probe'][] = ['standby', 'client-path'];
    const rounds = looks(['0/6000001'], ['0/6000002']);
    assert.equal(watch(rounds, known).ends, 'standby, client-path: well again');
    const half = rounds.map((one) => ({ ...one, answers: one.answers.filter(({ probe }) => probe !== 'client-path') }));
    assert.equal(watch(half, known).ends, undefined, 'the clients were not asked in this look');
  });

  it('for a standby only once it is seen to receive: it answered all the time', () => {
    const known: ProbeAnswer['probe'][] = ['standby', 'client-path'];
    assert.equal(watch(looks(['0/6000001']), known).ends, undefined, 'one look cannot show it');
    assert.equal(watch(looks(['0/6000000'], ['0/6000000'], ['0/6000000']), known).ends, undefined);
  });
});
