/** Which standby may become the primary: a wrong choice loses commits, or makes a primary of another cluster. */
import assert from 'node:assert/strict';
import type { ServerFacts } from '../../../workflows/contracts/cluster';
import { choose, type Wanted } from '../../../workflows/failover/candidates';
import { primary, standby } from '../../fixtures/servers';

const wanted: Wanted = {
  systemIdentifier: '7',
  timeline: 1,
  heartbeatAt: '2026-11-22T17:00:00.000Z',
  maxSilenceMs: 10_000,
};

describe('one standby', () => {
  it('that has everything is chosen, and nothing is said against it', () => {
    const { chosen, refusals } = choose([standby()], wanted);
    assert.equal(chosen?.service, 'postgres-standby');
    assert.deepEqual(refusals, []);
  });

  const against: [string, Partial<ServerFacts>, RegExp][] = [
    [
      'does not answer',
      { answered: false, problem: 'its container is paused' },
      /does not answer: its container is paused/,
    ],
    ['takes writes already', { inRecovery: false, timeline: 2 }, /not a standby: it takes writes on timeline 2/],
    ['is on another timeline', { timeline: 2 }, /it is on timeline 2, the primary was on 1/],
    ['holds another cluster', { systemIdentifier: '8' }, /another cluster \(system 8, the primary was 7\)/],
    ['has its replay paused', { replayPaused: true }, /replay is paused: it would be promoted without the WAL/],
    ['replays late on purpose', { applyDelayMs: 3_600_000 }, /replays 1 h late on purpose/],
    ['has a disk that is nearly full', { freeBytes: 200_000_000 }, /disk is nearly full: 200 MB left/],
    [
      'had not streamed',
      { heartbeatAt: '2026-11-22T16:59:49.999Z' },
      /had not streamed for 10 s \(the plan allows 10 s\)/,
    ],
  ];
  for (const [title, change, sentence] of against)
    it(`that ${title} is refused, with its name and the reason`, () => {
      const { chosen, refusals } = choose([standby(change)], wanted);
      assert.equal(chosen, undefined);
      assert.deepEqual(
        refusals.map((one) => one.code),
        ['DR-STANDBY'],
      );
      assert.match(refusals[0]?.message ?? '', /^standby postgres-standby cannot be promoted: /);
      assert.match(refusals[0]?.message ?? '', sentence);
    });

  it('on a later timeline than an old sample is no stray: the sample is of before; on an older one it is', () => {
    const sampled = { ...wanted, timeline: 2, fromSample: true };
    assert.equal(choose([standby({ timeline: 3 })], sampled).chosen?.service, 'postgres-standby');
    assert.match(
      choose([standby({ timeline: 1 })], sampled).refusals[0]?.message ?? '',
      /timeline 1, the primary was on 2/,
    );
  });

  it('is refused for every reason at once', () => {
    const { refusals } = choose([standby({ timeline: 2, replayPaused: true, freeBytes: 1 })], wanted);
    assert.match(refusals[0]?.message ?? '', /timeline 2.*; its replay is paused.*; its disk is nearly full/);
  });

  it('may have streamed just as long ago as the plan allows', () => {
    assert.ok(choose([standby({ heartbeatAt: '2026-11-22T16:59:50.000Z' })], wanted).chosen);
  });

  it('without heartbeats is judged by its receiver; without one nothing is known against it', () => {
    const blind: Wanted = { maxSilenceMs: 10_000 };
    assert.equal(choose([standby({ receiverSilenceMs: 10_001 })], blind).chosen, undefined);
    const silent = standby();
    delete silent.receiverSilenceMs;
    assert.ok(choose([silent], blind).chosen);
  });

  it('is not asked for cluster and timeline where nobody knows what the primary had', () => {
    assert.ok(choose([standby({ systemIdentifier: '9', timeline: 4 })], { maxSilenceMs: 10_000 }).chosen);
  });

  it('with an unknown amount of free disk is not refused for that', () => {
    const unknown = standby();
    delete unknown.freeBytes;
    assert.ok(choose([unknown], wanted).chosen);
  });
});

describe('several standbys', () => {
  const near = standby({ service: 'near', receivedLsn: '0/5FFFFFF' });
  const far = standby({ service: 'far', receivedLsn: '1/0' });

  it('the one that has most is chosen, by number and not by text', () => {
    assert.equal(choose([near, far], wanted).chosen?.service, 'far');
    assert.equal(choose([far, near], wanted).chosen?.service, 'far');
    const hex = [
      standby({ service: 'nine', receivedLsn: '0/9000000' }),
      standby({ service: 'ten', receivedLsn: '0/10000000' }),
    ];
    assert.equal(choose(hex, wanted).chosen?.service, 'ten');
  });

  it('more WAL does not help one that may not be promoted; it is named all the same', () => {
    const { chosen, refusals } = choose([near, { ...far, replayPaused: true }], wanted);
    assert.equal(chosen?.service, 'near');
    assert.match(refusals[0]?.message ?? '', /^standby far cannot be promoted/);
  });

  it('the named one is chosen although another has more', () => {
    const { chosen, refusals } = choose([near, far], { ...wanted, named: 'near' });
    assert.equal(chosen?.service, 'near');
    assert.deepEqual(refusals, []);
  });

  it('how long the named one was silent is left to the person who named it; nothing else is', () => {
    const named = { ...wanted, named: 'near' };
    assert.ok(choose([{ ...near, heartbeatAt: '2026-11-22T12:00:00.000Z' }, far], named).chosen);
    const { chosen, refusals } = choose([{ ...near, timeline: 2 }, far], named);
    assert.equal(chosen, undefined, 'another one is never taken in its place');
    assert.match(refusals[0]?.message ?? '', /^standby near cannot be promoted: it is on timeline 2/);
  });

  it('a name that no standby has: the sentence lists those there are', () => {
    const { chosen, refusals } = choose([near, far], { ...wanted, named: 'postgres' });
    assert.equal(chosen, undefined);
    assert.deepEqual(
      refusals.map((one) => [one.code, one.message]),
      [['DR-INPUT', 'standby to promote is "postgres"; the standbys now are: near, far']],
    );
  });

  it('none at all: restoring is the way left', () => {
    const { refusals } = choose([], wanted);
    assert.match(refusals[0]?.message ?? '', /the plan has no standby/);
    assert.match(refusals[0]?.next ?? '', /dr recover database/);
  });

  it('the primary itself is no candidate when it is looked at', () => {
    assert.equal(choose([primary()], wanted).chosen, undefined);
  });
});
