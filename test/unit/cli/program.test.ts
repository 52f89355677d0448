import assert from 'node:assert/strict';
import { searchAttributeNames } from '../../../workflows/contracts/names';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dr, drHere, nowhere } from './dr';

describe('dr: the program', function () {
  this.timeout(30_000);

  it('says in a sentence that the control plane is away', () => {
    const run = dr(['runs']);
    assert.equal(run.status, 8);
    assert.match(run.err, new RegExp(`control plane at ${nowhere} does not answer`));
    assert.match(run.err, /dr up/);
  });

  it('takes the global flags of the temporal CLI in front', () => {
    const flags = [
      '--profile',
      'default',
      '--env',
      'e',
      '--env-file',
      'f',
      '--log-level',
      'warn',
      '--log-format',
      'json',
    ];
    const more = [
      '--color',
      'never',
      '--time-format',
      'iso',
      '--command-timeout',
      '5s',
      '--client-connect-timeout',
      '5s',
    ];
    const run = dr([...flags, ...more, '-o', 'json', 'recover', 'database', 'shandi']);
    assert.equal(run.status, 2, run.err);
    assert.match(run.err, /target is missing/);
    assert.match(run.out, /"exit": 2/);
  });

  it('loads the plan command behind flags, too', () => {
    const run = dr(['--color', 'never', 'plan', '--help']);
    assert.equal(run.status, 0);
    assert.match(run.out, /check/);
  });

  it('has every command in docs/cli.md', async () => {
    const { out } = await drHere(['--help']);
    const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cli.md'), 'utf8');
    const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '');
    assert.ok(commands.includes('freeze'), out);
    for (const name of commands.filter((one) => one !== 'help'))
      assert.match(page, new RegExp(`^\\|.*\`${name}\\b`, 'm'), name);
  });

  for (const command of [
    'up',
    'down',
    'doctor',
    'plan check',
    'plan show',
    'plan render',
    'check',
    'recover database',
    'failover',
    'switchover',
    'reprotect',
    'restart',
    'guard',
    'freeze',
    'unfreeze',
    'runs',
    'show',
    'watch',
    'report',
    'approve',
    'reject',
    'resolve',
    'retarget',
    'pause',
    'resume',
    'abort',
    'evidence export',
    'evidence list',
    'evidence verify',
    'evidence attest',
  ]) {
    it(`${command} --help has an example, the plain temporal command and the exit codes`, async () => {
      const { out, status } = await drHere([...command.split(' '), '--help']);
      assert.equal(status, 0);
      assert.match(out, /^Example: dr /m);
      // A line that can be copied whole, or the word that there is none.
      assert.match(out, /^plain temporal: (temporal|none;) [^…]*$/m);
      assert.match(out, /^Exit code: /m);
      assert.match(out, /--json/);
    });
  }

  it('up --help names every search attribute the server has to know', () => {
    const { out } = dr(['up', '--help']);
    const named = [...out.matchAll(/--search-attribute (\w+)=Keyword/g)].map(([, name]) => name);
    assert.deepEqual(named.sort(), [...searchAttributeNames].sort());
  });
});
