/** What a guard remembers: a freeze that lifts itself too late lets a database die, one too early fails it over mid-work. */
import assert from 'node:assert/strict';
import { guardInputSchema } from '../../../workflows/contracts/guard';
import { GuardState } from '../../../workflows/guard/state';

const word = { by: 'on-call', reason: 'storage is moved' };

describe('a freeze of the guard', () => {
  const from = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const frozen = (until: string): GuardState =>
    new GuardState({ frozen: { kind: 'freeze', ...word, since: from(-60_000), until } });

  it('holds from the word on, for as long as was said', () => {
    assert.equal(new GuardState().freezeNow, undefined);
    const state = new GuardState();
    state.freeze({ kind: 'maintenance', forMs: 60_000, ...word });
    assert.ok(state.freezeNow);
    const { since, until, ...rest } = state.freezeNow;
    assert.deepEqual(rest, { kind: 'maintenance', ...word });
    assert.equal(Date.parse(until ?? '') - Date.parse(since), 60_000);
  });

  it('lifts itself when its time is over, for good', () => {
    assert.ok(frozen(from(60_000)).freezeNow);
    const state = frozen(from(-1));
    assert.equal(state.freezeNow, undefined);
    assert.deepEqual(state.carry(), {}, 'nor does the next history know of it');
  });

  it('without a time holds until somebody lifts it', () => {
    const state = new GuardState();
    state.freeze({ kind: 'freeze', ...word });
    assert.equal(state.freezeNow?.until, undefined);
    assert.equal(state.freezeNow?.kind, 'freeze');
  });

  it('that follows another takes its place', () => {
    const state = frozen(from(-1));
    state.freeze({ kind: 'maintenance', ...word });
    assert.equal(state.freezeNow?.kind, 'maintenance');
    assert.equal(state.freezeNow?.until, undefined);
  });
});

describe('what a guard carries into its next history', () => {
  const carried = {
    lastFailoverAt: '2026-11-22T16:50:00.000Z',
    frozen: { kind: 'freeze' as const, ...word, since: '2026-11-22T16:55:00.000Z', until: '2999-11-22T18:00:00.000Z' },
    exposedSince: '2026-11-22T16:56:00.000Z',
    holdOff: { until: '2999-11-22T17:00:30.000Z' },
    reprotectAgainAt: 32_500_000_000_000,
    alarm: { verdict: 'failed' as const, text: 'the failover did not succeed', since: '2026-11-22T16:51:00.000Z' },
  };

  it('is everything that decides what it does next', () => {
    const state = new GuardState(carried);
    assert.deepEqual(state.carry(), carried);
    assert.deepEqual(new GuardState(state.carry()).carry(), carried);
  });

  it('a failover is held off until its time, or for good where a person has said no', () => {
    const until = (ms: number): { until: string } => ({ until: new Date(Date.now() + ms).toISOString() });
    assert.equal(new GuardState().heldOff, false);
    assert.equal(new GuardState({ holdOff: {} }).heldOff, true);
    assert.equal(new GuardState({ holdOff: until(60_000) }).heldOff, true);
    assert.equal(new GuardState({ holdOff: until(-1) }).heldOff, false);
  });

  it('is an input its schema takes, and nothing when there is nothing', () => {
    const input = { database: 'shandi', by: 'on-call', carried: new GuardState(carried).carry() };
    assert.deepEqual(guardInputSchema.parse(input).carried, carried);
    assert.deepEqual(new GuardState().carry(), {});
  });
});
