import assert from 'node:assert/strict';
import { drHere } from './dr';

const good = ['recover', 'database', 'shandi', '--reason', 'table dropped'];
const lost = ['failover', 'shandi', '--reason', 'primary lost'];
const hash = 'a'.repeat(64);
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
  [
    'bundle and what of it',
    ['recover', 'configuration', '--backup', 'newest', '--what', 'some', '--reason', 'x'],
    [/--backup/, /"newest"/, /20261122T172924Z-1ea3d016/, /--what is "some": expected missing or all/],
  ],
  ['a name where there is one thing', ['backup', 'certificates', 'server', '--reason', 'x'], [/Too many arguments/]],
  ['server to promote', [...lost, '--to', 'Standby!'], [/--to/, /"Standby!"/, /postgres-standby/]],
  [
    'unknown server',
    [...lost, '--to', 'postgres-stanby'],
    [/--to/, /"postgres-stanby"/, /postgres or postgres-standby/],
  ],
  ['loss without offset', [...lost, '--disaster-at', '2026-11-22 17:29:24'], [/--disaster-at/, /17:29:24"/, /offset/]],
  ['loss that is no time', [...lost, '--disaster-at', 'noon'], [/--disaster-at/, /"noon"/, /expected a time/]],
  [
    'gate that closes at once',
    [...lost, '--approval-timeout', '5ms'],
    [/--approval-timeout/, /"5ms"/, /at least 100 ms/],
  ],
  ['gate that never closes', [...lost, '--approval-timeout', '999999999999d'], [/--approval-timeout/, /shorter/]],
  ['failover without a reason', ['failover', 'shandi'], [/--reason is missing/]],
  ['failover of nothing', ['failover', '--reason', 'x'], [/missing required argument 'database'/i]],
  [
    'failover of an unknown database',
    ['failover', 'shandy', '--reason', 'x'],
    [/<database>/, /"shandy"/, /Expected shandi/],
  ],
  ['failover of no name', ['failover', 'Shandi!', '--reason', 'x'], [/<database>/, /"Shandi!"/, /name of a database/]],
  [
    'stall budget without unit',
    ['switchover', 'shandi', '--reason', 'x', '--stall-budget', '800'],
    [/--stall-budget/, /"800"/, /800ms|30s/],
  ],
  [
    'stall budget',
    ['switchover', 'shandi', '--reason', 'x', '--stall-budget', '1ms'],
    [/--stall-budget/, /at least 100 ms/],
  ],
  [
    'server to rebuild',
    ['reprotect', 'shandi', '--reason', 'x', '--member', 'redis'],
    [/--member/, /"redis"/, /no such server/],
  ],
  ['plan hash of a restart', ['restart', 'shandi', '--reason', 'x', '--plan-hash', 'abc'], [/--plan-hash/, /SHA-256/]],
  ['restart until', ['restart', 'shandi', '--reason', 'x', '--until', 'done'], [/--until/, /end or person/]],
  ['guard of an unknown database', ['guard', 'shandy'], [/<database>/, /"shandy"/, /Expected shandi/]],
  ['guard of no name', ['guard', 'Shandi!'], [/<database>/, /"Shandi!"/, /name of a database/]],
  ['plan of a guard', ['guard', 'shandi', '--plan-hash', 'abc'], [/--plan-hash/, /"abc"/, /SHA-256/]],
  ['stop of a guard without a reason', ['guard', 'shandi', '--stop'], [/--reason is missing/]],
  [
    'stop of the guard of an unknown database',
    ['guard', 'shandy', '--stop', '--reason', 'x'],
    [/"shandy"/, /Expected shandi/],
  ],
  ['plan of a stop', ['guard', 'shandi', '--stop', '--reason', 'x', '--plan-hash', hash], [/--plan-hash/, /--stop/]],
  ['freeze without a reason', ['freeze', 'shandi'], [/--reason is missing/]],
  ['time of a freeze', ['freeze', 'shandi', '--reason', 'x', '--for', 'long'], [/--for/, /"long"/, /1h30m/]],
  ['freeze for no time', ['freeze', 'shandi', '--reason', 'x', '--for', '10ms'], [/--for/, /"10ms"/, /at least 1 s/]],
  ['freeze of an unknown database', ['freeze', 'Shandi!', '--reason', 'x'], [/"Shandi!"/, /Expected shandi/]],
  ['empty by of an unfreeze', ['unfreeze', 'shandi', '--reason', 'x', '--by', ''], [/--by/, /""/]],
  ['profile', ['--profile', 'no-such-profile', 'runs'], [/--profile no-such-profile/]],
];

describe('dr: bad input', function () {
  this.timeout(30_000);
  for (const [name, args, says] of bad) {
    it(`${name} is answered with a sentence, and nothing is started`, async () => {
      const run = await drHere(args);
      // Exit code 8 would mean that it tried to reach the control plane.
      assert.equal(run.status, 2, run.err);
      for (const part of says) assert.match(run.err, part);
      assert.doesNotMatch(run.err, /^\s+at /m, 'a stack trace');
      assert.equal(run.out, '');
    });
  }

  it('names one fault for a time with a zone name', async () => {
    const { err } = await drHere([...good, '--to-time', '2026-11-22 17:29:24 Europe/London']);
    assert.match(err, /A value is wrong/);
    assert.match(err, /zone names are not accepted/);
    assert.doesNotMatch(err, /calendar/);
  });

  it('names every wrong value at once', async () => {
    const { err } = await drHere(['recover', 'database', 'shandi', '--to-lsn', 'x', '--backup', 'y', '--timeout', 'z']);
    assert.match(err, /4 values are wrong/);
    for (const option of ['--to-lsn', '--backup', '--reason', '--timeout']) assert.match(err, new RegExp(option));
  });

  it('names every wrong value of a failover at once, also what only the plan knows', async () => {
    const { err } = await drHere([
      ...['failover', 'shandi', '--to', 'redis', '--disaster-at', 'noon', '--approval-timeout', '5'],
      ...['--plan-hash', 'abc', '--until', 'done', '--by', ''],
    ]);
    assert.match(err, /7 values are wrong/);
    for (const option of ['--to', '--disaster-at', '--approval-timeout', '--plan-hash', '--until', '--by', '--reason'])
      assert.match(err, new RegExp(`^ {2}${option} is `, 'm'));
  });

  it('is JSON on standard output with --json', async () => {
    const run = await drHere(['recover', 'database', 'shandi', '--json']);
    assert.equal((JSON.parse(run.out) as { error: { exit: number } }).error.exit, 2);
  });
});
