/** What the rounds of all observers together mean; a wrong verdict here promotes a standby beside a primary that lives. */
import assert from 'node:assert/strict';
import type { GuardVerdict, ProbeAnswer, Round } from '../../../workflows/contracts/guard';
import { judge } from '../../../workflows/guard/judge';

type Answers = Partial<Record<ProbeAnswer['probe'], ProbeAnswer['answer'] | `error ${string}`>>;

const running = { exists: true, running: true, paused: false, exitCode: 0, oomKilled: false, restartPolicy: 'always' };

/** One observer's round: what each of its probes answered. */
function round(answers: Answers, rest: Partial<Round> = {}): Round {
  return {
    observer: 'primary',
    startedAt: '2026-11-22T17:00:00.000Z',
    answers: Object.entries(answers).map(([probe, said]): ProbeAnswer => {
      const [answer, sqlState] = said.split(' ');
      return {
        probe: probe as ProbeAnswer['probe'],
        answer: answer as ProbeAnswer['answer'],
        says: `${probe} says ${said}`,
        tookMs: 1,
        ...(sqlState ? { sqlState } : {}),
      };
    }),
    ...rest,
  };
}

const peace: Answers = { direct: 'ok', 'client-path': 'ok', standby: 'ok', engine: 'ok' };
/** Neither the server nor its standby tells of it; the engine says its container runs. */
const hung = round(
  { direct: 'silent', 'client-path': 'silent', standby: 'silent', engine: 'ok' },
  { container: running },
);
/** The same from another site, with an engine that says nothing; the standby there still tells its position. */
const cutOff = round(
  { direct: 'silent', 'client-path': 'silent', standby: 'silent', engine: 'silent' },
  { observer: 'backup', received: ['0/6000000'] },
);
const alive = round(peace, { container: running });

const verdict = (rounds: Round[][], needed = 3): GuardVerdict => judge(rounds, needed).verdict;

describe('a primary that answers', () => {
  const cases: [string, Answers, GuardVerdict][] = [
    ['everything is as it should be', peace, 'healthy'],
    ['its clients do not get through', { ...peace, 'client-path': 'refused' }, 'pooler-down'],
    ['its clients get no answer', { ...peace, 'client-path': 'silent' }, 'pooler-down'],
    ['the pooler passes on that the disk is full', { ...peace, 'client-path': 'error 53100' }, 'disk-full'],
    ['a standby does not answer', { ...peace, standby: 'refused' }, 'standby-broken'],
    [
      'commits wait for a standby that is gone',
      { ...peace, standby: 'silent', 'client-path': 'silent' },
      'standby-broken',
    ],
    ['its engine says nothing', { ...peace, engine: 'silent' }, 'engine-unreachable'],
    ['it answers every write with an error', { ...peace, direct: 'error XX000' }, 'half-dead'],
    ['it has become read-only', { ...peace, direct: 'error 25006' }, 'half-dead'],
    ['its disk is full', { ...peace, direct: 'error 53100' }, 'disk-full'],
    ['it takes no more connections', { ...peace, direct: 'error 53300' }, 'too-many-connections'],
    ['it is out of memory', { ...peace, direct: 'error 53200' }, 'unclear'],
  ];
  for (const [title, answers, expected] of cases)
    it(`${title}: ${expected}`, () => {
      const seen = [round(answers, answers.engine === 'silent' ? {} : { container: running })];
      const judged = judge([seen], 3);
      assert.equal(judged.verdict, expected);
      // A look at a pooler may have met a server that was just dying.
      assert.equal(judged.suspected, expected === 'pooler-down', 'no more rounds are asked for it');
      assert.deepEqual([judge([seen, seen], 3).verdict, judge([seen, seen], 3).suspected], [expected, false]);
    });

  it('an error stays an answer, however many rounds say so', () => {
    const told = round({ direct: 'error XX000', 'client-path': 'silent', standby: 'silent' }, { container: running });
    assert.equal(verdict(Array.from({ length: 6 }, () => [told])), 'half-dead');
  });

  it('"the database system is starting up" is the word of one that has died: no more rounds are asked for it', () => {
    const told = round({ direct: 'error 57P03', standby: 'silent' }, { container: running });
    assert.equal(verdict([[told]]), 'died');
  });

  it('one observer who gets through outweighs every one who does not', () => {
    const half = round({ direct: 'silent', 'client-path': 'silent', standby: 'ok' }, { observer: 'backup' });
    assert.equal(verdict([[half, alive]]), 'healthy');
    // Whoever does not hear the standby either calls for a look at that, and at nothing else.
    assert.equal(verdict([[cutOff], [cutOff], [cutOff, alive]]), 'standby-broken');
  });

  it('clients get through from one site: the pooler is not down', () => {
    assert.equal(verdict([[round({ direct: 'ok', 'client-path': 'refused' }), alive]]), 'healthy');
  });
});

describe('a death that the engine reports', () => {
  const dead: [string, Partial<typeof running>][] = [
    ['its container has exited', { running: false, exitCode: 137 }],
    ['its container was killed for want of memory', { running: false, exitCode: 137, oomKilled: true }],
    ['its container is gone', { exists: false, running: false }],
  ];
  for (const [title, change] of dead)
    it(`needs no second round: ${title}`, () => {
      const seen = round({ engine: 'ok' }, { container: { ...running, ...change } });
      const judged = judge([[seen]], 5);
      assert.equal(judged.verdict, 'died');
      assert.equal(judged.suspected, false);
      assert.match(judged.reasons.join(), /primary: engine ok \(engine says ok\)/);
    });

  it('is none while the container is paused: that is a server that hangs', () => {
    const paused = round(
      { direct: 'silent', standby: 'ok', engine: 'ok' },
      { container: { ...running, running: false, paused: true } },
    );
    assert.equal(verdict([[paused]]), 'unclear');
    assert.equal(verdict([[paused], [paused], [paused]]), 'frozen');
  });
});

describe('an ambiguous picture', () => {
  it('is believed after as many rounds as the plan asks, not before', () => {
    for (const needed of [3, 5])
      for (let rounds = 1; rounds <= needed; rounds += 1) {
        const judged = judge(
          Array.from({ length: rounds }, () => [hung]),
          needed,
        );
        assert.equal(judged.verdict, rounds < needed ? 'unclear' : 'frozen', `${rounds} of ${needed}`);
        assert.equal(judged.suspected, rounds < needed);
      }
  });

  it('is called died where every look is refused: the container runs, and nobody serves in it', () => {
    const refused = round({ direct: 'refused', standby: 'silent', engine: 'ok' }, { container: running });
    assert.equal(verdict([[refused], [refused]]), 'unclear');
    assert.equal(verdict([[refused], [refused], [refused]]), 'died');
    assert.equal(verdict([[refused], [refused], [refused, hung]]), 'frozen', 'silence for another observer');
    assert.equal(verdict([[hung], [hung], [refused]]), 'frozen', 'silence before');
  });

  it('is called died where the engine has told of its end, however silent its address is while it starts', () => {
    const event = round({ engine: 'ok' }, { container: running, ended: true });
    assert.equal(verdict([[event], [hung], [hung]]), 'unclear');
    assert.equal(verdict([[event], [hung], [hung], [hung]]), 'died');
  });

  it('is called unreachable where the engine says nothing either', () => {
    assert.equal(verdict([[cutOff], [cutOff], [cutOff]]), 'unreachable');
  });

  it('a round in which somebody got through begins the count anew', () => {
    const judged = judge([[hung], [hung], [alive], [hung]], 3);
    assert.deepEqual([judged.verdict, judged.suspected], ['unclear', true]);
    assert.equal(verdict([[hung], [hung], [alive], [hung], [hung]]), 'unclear');
    assert.equal(verdict([[hung], [hung], [alive], [hung], [hung], [hung]]), 'frozen');
  });

  it('a round in which only an error came back begins it anew too', () => {
    const told = round({ direct: 'error XX000', standby: 'silent' }, { container: running });
    assert.equal(verdict([[hung], [told], [hung], [hung]]), 'unclear');
  });

  it('is not even suspected while a standby receives: somebody writes there', () => {
    const receives = round(
      { direct: 'silent', 'client-path': 'silent', standby: 'ok', engine: 'ok' },
      { container: running },
    );
    const judged = judge([[receives], [receives], [receives], [receives]], 3);
    assert.deepEqual([judged.verdict, judged.suspected], ['unclear', false]);
  });

  it('needs a second path that says the same: without a standby nothing is concluded from silence', () => {
    const alone = round({ direct: 'silent', 'client-path': 'silent', engine: 'ok' }, { container: running });
    assert.equal(verdict([[alone], [alone], [alone], [alone]]), 'unclear');
  });

  it('an event alone asks for rounds, and they are counted without it', () => {
    const event = round({ engine: 'ok' }, { container: { ...running, paused: true } });
    const judged = judge([[event]], 3);
    assert.deepEqual([judged.verdict, judged.suspected], ['unclear', true]);
    assert.equal(verdict([[event], [hung], [hung]]), 'unclear');
    assert.equal(verdict([[event], [hung], [hung], [hung]]), 'frozen');
  });
});

describe('an observer that reaches nothing', () => {
  const blind = round(
    { direct: 'silent', 'client-path': 'silent', standby: 'silent', engine: 'silent' },
    { observer: 'backup', received: [null] },
  );

  it('is isolated, however long it lasts, and asks for nothing', () => {
    const judged = judge([[blind], [blind], [blind], [blind]], 3);
    assert.deepEqual([judged.verdict, judged.suspected], ['observer-isolated', false]);
  });

  it('must not judge beside one that sees', () => {
    assert.equal(verdict([[blind, alive]]), 'healthy');
    assert.equal(
      verdict([
        [blind, hung],
        [blind, hung],
        [blind, hung],
      ]),
      'frozen',
    );
  });

  it('is not isolated once the standby beside it tells its position', () => {
    assert.equal(verdict([[cutOff]]), 'unclear');
  });

  it('nobody at all, because no worker took the question: nothing is concluded', () => {
    assert.equal(verdict([[]]), 'observer-isolated');
    assert.equal(verdict([[hung], [hung], []]), 'observer-isolated');
  });

  it('could not even try: that is no sign of a dead primary', () => {
    // Say its secrets cannot be read: every look fails on this side of the network, and only the engine answers.
    const helpless = round(
      { direct: 'unknown', 'client-path': 'unknown', standby: 'unknown', engine: 'ok' },
      { container: running },
    );
    assert.equal(verdict([[helpless], [helpless], [helpless], [helpless]]), 'unclear');
    assert.equal(
      verdict([
        [helpless, hung],
        [helpless, hung],
        [helpless, hung],
      ]),
      'frozen',
      'one that can try still judges',
    );
    const half = round({ direct: 'silent', standby: 'unknown', engine: 'ok' }, { container: running });
    assert.equal(verdict([[half], [half], [half], [half]]), 'unclear', 'an unasked standby is no second path');
  });
});
