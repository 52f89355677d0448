import assert from 'node:assert/strict';
import { Changes } from '../../../scripts/lib/changes';
import type { Context } from '../../../scripts/lib/context';
import { exitOf } from '../../../scripts/lib/exit-codes';
import { follow } from '../../../scripts/lib/follow';
import { lookAt, type Look } from '../../../scripts/lib/look';
import { paint } from '../../../scripts/lib/paint';
import { renderLook } from '../../../scripts/lib/render';
import { procedures } from '../../../workflows/contracts/names';
import type { RunState, RunView } from '../../../workflows/contracts/run-view';
import { headline, procedureTitle } from '../../../workflows/contracts/words';
import { at, sampleView } from '../../fixtures/run-view';
import { planeOf } from './plane';

const id = 'guard.database.shandi';
const facts = [{ label: 'Primary', value: 'postgres at 0/5000060, timeline 1' }];
const frozen = { label: 'Frozen', value: 'freeze by DBA since 2026-11-22T17:31:02.000Z: network work' };

const guard: RunView = {
  ...sampleView,
  procedure: 'guardDatabase',
  workflowId: id,
  mode: 'guard',
  summary: 'guard database.shandi: watch the database (DBA)',
  state: 'watching',
  verdict: 'none',
  phase: 'Watch',
  steps: [],
  gates: [],
  approvals: [],
  evidence: [],
  problems: [],
  facts: [{ title: 'Now', facts }],
  timeline: [
    { at: at(0), kind: 'phase', text: 'Watch' },
    { at: at(60), kind: 'note', text: 'postgres died and came back in its place within 4 s' },
  ],
};
const looks = (view: RunView): Look => ({ workflowId: id, runId: 'r', status: 'RUNNING', pending: [], view });
const shown = (view: RunView): string =>
  renderLook(looks(view), { paint: paint(false), now: Date.parse(at(100)) }).join('\n');
const alarm: RunView = { ...guard, state: 'alarm', waitingFor: 'the disk of the primary is full' };

describe('a guard in the terminal', () => {
  it('shows how things stand and what it saw lately', () => {
    const text = shown(guard);
    assert.match(text, /^database\.shandi {2}guard {2}watching$/m);
    assert.match(text, /^ {2}Primary: postgres at 0\/5000060, timeline 1$/m);
    assert.match(text, /^Lately\n {2}2026-11-22 17:32:02 UTC {2}postgres died and came back/m);
  });

  it('in alarm says why, and how to keep it still', () => {
    const text = shown(alarm);
    assert.match(text, /ALARM: a person has to look$/m);
    assert.match(text, /^Alarm: the disk of the primary is full$/m);
    assert.match(text, /\.\/dr freeze shandi --reason "WHY"$/m);
    assert.doesNotMatch(text, /Waits for/);
  });

  it('in alarm while it is frozen says how to let it act', () => {
    const told = (...texts: string[]): RunView => ({
      ...alarm,
      timeline: texts.map((text) => ({ at: at(0), kind: 'person', text })),
    });
    const unfreeze = /\.\/dr unfreeze shandi --reason "WHY"$/m;
    assert.match(shown({ ...alarm, facts: [{ title: 'Now', facts: [...facts, frozen] }] }), unfreeze);
    assert.match(shown(told('maintenance by DBA: network work')), unfreeze);
    assert.doesNotMatch(shown(told('freeze by DBA: network work', 'freeze lifted by DBA: done')), unfreeze);
  });

  it('line by line says what happens, not that nothing does', () => {
    const changes = new Changes();
    const progress = { what: 'watching', text: 'postgres at 0/5000060' };
    const pending = [{ activity: 'observeDatabase', attempt: 1, progress }];
    const first = changes.since({ ...looks(guard), pending }, 0);
    assert.match(first.join('\n'), /state: watching$/m);
    assert.deepEqual(changes.since({ ...looks(guard), pending }, 60_000), []);
    assert.match(changes.since(looks(alarm), 61_000).join('\n'), /state: ALARM: .*: the disk of the primary is full$/m);
  });

  for (const [state, code] of [
    ['watching', 10],
    ['alarm', 6],
    ['aborted', 7],
  ] satisfies [RunState, number][])
    it(`exits ${code} when it is ${state}`, () => assert.equal(exitOf({ ...guard, state }), code));

  for (const state of ['aborted', 'cancelled'] as const)
    it(`that was stopped (${state}) undid nothing`, () => {
      assert.equal(
        headline({ ...guard, state }).sentence,
        'The guard of database shandi was stopped; it watches no more.',
      );
    });
});

describe('a guard that began its history anew', () => {
  const before = { id, type: 'guardDatabase', runId: 'before', status: 'CONTINUED_AS_NEW', view: guard };
  const now = { id, type: 'guardDatabase', runId: 'now', view: { ...alarm, runId: 'now' } };

  it('is followed into its new execution', async () => {
    const said: string[] = [];
    const out = (text: string): void => void said.push(text);
    const context: Context = { options: {}, json: false, out, say: out, colour: false, connectionFlags: '' };
    const options = { runId: 'before', until: 'person' } as const;
    assert.equal(await follow(context, planeOf([now, before]), id, options), 6);
    assert.match(said.join('\n'), /state: ALARM/);
  });

  it('is shown, though nobody answers for the old execution', async () => {
    const { view, ...silent } = before;
    assert.ok(view);
    const look = await lookAt(planeOf([silent]), id, 'before');
    assert.match(look.blind ?? '', /no worker answered/);
  });
});

describe('procedures in words', () => {
  const of = (procedure: string, more: Partial<RunView>): string =>
    headline({ ...sampleView, procedure, ...more }).sentence;

  it('have a title each, which reads after "the"', () =>
    assert.deepEqual(procedures.map(procedureTitle), [
      'point-in-time recovery',
      'failover',
      'switchover',
      'reprotection',
      'restart',
      'service recovery',
      'backup',
      'restore',
      'backup',
      'restore test',
      'monthly recovery test',
      'quarterly recovery test',
      'full-system recovery',
      'backup',
      'restore',
      'backup',
      'restore',
      'guard',
      'keeping of a copy',
      'notification',
      'on-call chain',
      'status page update',
      'recovery checklist',
      'reduced functionality',
      'relief of resources',
      'site failover',
      'hold on a database',
      'site failback',
      'isolation',
      'incident',
      'readiness check',
      'scenario test',
      'periodic report',
      'closing of a task',
    ]));

  it('say what was done', () => {
    assert.match(of('databaseFailover', { verdict: 'met' }), /^Database shandi was failed over and verified in /);
    assert.match(of('databaseSwitchover', { state: 'refused' }), /^Pre-flight refused to begin the switchover of /);
    assert.match(
      of('databaseRestart', { state: 'expired' }),
      /^Database shandi was restarted and verified, but the run /,
    );
  });

  it('of a reprotection that went through need no look', () => {
    const done: RunView = { ...sampleView, procedure: 'reprotectDatabase', verdict: 'none', problems: [] };
    assert.equal(headline(done).tone, 'good');
    assert.equal(headline({ ...done, problems: [{ code: 'DR-BACKUP-FAILED', message: 'no room' }] }).tone, 'warn');
  });
});
