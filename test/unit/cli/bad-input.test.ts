import assert from 'node:assert/strict';
import { dr } from './dr';

const good = ['recover', 'database', 'shandi', '--reason', 'table dropped'];
const long = 'x'.repeat(2001);

/** Command line, and what the sentence must hold: the option, the value, what was expected. */
const bad: [name: string, args: string[], says: RegExp[]][] = [
  ['unknown command', ['recovr'], [/recovr/, /did you mean recover/i]],
  ['unknown option', ['runs', '--everything'], [/--everything/]],
  [
    'time without offset',
    [...good, '--to-time', '2026-11-22 17:29:24'],
    [/--to-time/, /"2026-11-22 17:29:24"/, /offset/],
  ],
  ['time that is no time', [...good, '--to-time', 'yesterday'], [/--to-time/, /"yesterday"/, /expected a time/]],
  ['time not in the calendar', [...good, '--to-time', '2026-13-41T10:00:00Z'], [/--to-time/, /2026-13-41/, /calendar/]],
  ['LSN', [...good, '--to-lsn', '0xC2'], [/--to-lsn/, /"0xC2"/, /0\/C2D216C8/]],
  ['transaction id', [...good, '--to-xid', '-5'], [/--to-xid/, /"-5"/, /48213/]],
  ['restore point', [...good, '--to-name', 'before migration'], [/--to-name/, /"before migration"/, /restore point/]],
  ['no target', good, [/target is missing/, /--to-time/]],
  ['two targets', [...good, '--latest', '--to-xid', '7'], [/given 2 times/, /--to-xid and --latest/]],
  ['side without a position', [...good, '--latest', '--after'], [/--after/, /--latest/, /--to-lsn or --to-xid/]],
  ['both sides', [...good, '--to-xid', '7', '--after', '--before'], [/--before and --after/]],
  ['mode', [...good, '--latest', '--mode', 'dry-run'], [/--mode/, /"dry-run"/, /check/]],
  ['backup label', [...good, '--latest', '--backup', 'newest'], [/--backup/, /"newest"/, /20261122-170000F/]],
  ['timeline', [...good, '--latest', '--timeline', 'two'], [/--timeline/, /"two"/, /whole number/]],
  ['plan hash', [...good, '--latest', '--plan-hash', 'abc'], [/--plan-hash/, /"abc"/, /SHA-256/]],
  ['approval timeout', [...good, '--latest', '--approval-timeout', '30'], [/--approval-timeout/, /"30"/, /30s, 15m/]],
  ['disaster time', [...good, '--latest', '--disaster-at', 'noon'], [/--disaster-at/, /"noon"/]],
  ['follow timeout', [...good, '--latest', '--timeout', 'soon'], [/--timeout/, /"soon"/]],
  ['until', [...good, '--latest', '--until', 'done'], [/--until/, /"done"/, /end or person/]],
  ['database name', ['recover', 'database', 'Shandi!', '--latest', '--reason', 'x'], [/<name>/, /"Shandi!"/, /shandi/]],
  [
    'unknown database',
    ['recover', 'database', 'shandy', '--latest', '--reason', 'x'],
    [/<name>/, /"shandy"/, /Expected shandi/],
  ],
  ['no reason', ['recover', 'database', 'shandi', '--latest'], [/--reason is missing/]],
  ['empty reason', ['recover', 'database', 'shandi', '--latest', '--reason', ' '], [/--reason/, /""/]],
  ['endless reason', ['pause', 'shandi', '--reason', long], [/--reason/, /2001/, /2000/]],
  ['no name of a database', ['recover', 'database'], [/name/]],
  ['card', ['approve', 'shandi', '--card', 'YES', '--reason', 'ok'], [/--card/, /"YES"/, /12 characters/]],
  ['empty by', ['reject', 'shandi', '--card', '3f9c0a7712de', '--reason', 'no', '--by', ''], [/--by/, /""/]],
  ['action', ['resolve', 'shandi', 'again', '--reason', 'x'], [/again/, /retry, skip, abort/]],
  ['new target', ['retarget', 'shandi', '--to-lsn', 'x', '--reason', 'y'], [/--to-lsn/, /"x"/, /LSN/]],
  ['output format', ['-o', 'xml', 'runs'], [/-o/, /"xml"/, /json/]],
  ['profile', ['--profile', 'no-such-profile', 'runs'], [/--profile no-such-profile/]],
];

describe('dr: bad input', function () {
  this.timeout(30_000);
  for (const [name, args, says] of bad) {
    it(`${name} is answered with a sentence, and nothing is started`, () => {
      const run = dr(args);
      // Exit code 8 would mean that it tried to reach the control plane.
      assert.equal(run.status, 2, run.err);
      for (const part of says) assert.match(run.err, part);
      assert.doesNotMatch(run.err, /^\s+at /m, 'a stack trace');
      assert.equal(run.out, '');
    });
  }

  it('names one fault for a time with a zone name', () => {
    const { err } = dr([...good, '--to-time', '2026-11-22 17:29:24 Europe/London']);
    assert.match(err, /A value is wrong/);
    assert.match(err, /zone names are not accepted/);
    assert.doesNotMatch(err, /calendar/);
  });

  it('names every wrong value at once', () => {
    const { err } = dr(['recover', 'database', 'shandi', '--to-lsn', 'x', '--backup', 'y', '--timeout', 'z']);
    assert.match(err, /4 values are wrong/);
    for (const option of ['--to-lsn', '--backup', '--reason', '--timeout']) assert.match(err, new RegExp(option));
  });

  it('is JSON on standard output with --json', () => {
    const run = dr(['recover', 'database', 'shandi', '--json']);
    assert.equal((JSON.parse(run.out) as { error: { exit: number } }).error.exit, 2);
  });
});
