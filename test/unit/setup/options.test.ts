import assert from 'node:assert/strict';
import { everyday } from '../../../scripts/set-up/component';
import { isStale } from '../../../scripts/set-up/dockerd';
import { parseOptions } from '../../../scripts/set-up/options';
import { lastLines, run } from '../../../scripts/set-up/run';

describe('set-up: command line', () => {
  it('takes everything by default', () =>
    assert.deepEqual(parseOptions([]), { only: [...everyday], check: false, help: false }));
  it('takes names separated by commas, and node as done', () =>
    assert.deepEqual(parseOptions(['--check', '--only', 'node, docker,temporal']), {
      only: ['docker', 'temporal'],
      check: true,
      help: false,
    }));
  it('refuses an unknown name, naming the known ones', () =>
    assert.throws(() => parseOptions(['--only', 'doker']), /"doker" is not a component; expected .*docker/));
  it('refuses an unknown option', () => assert.throws(() => parseOptions(['--force']), /--force/));
});

describe('set-up: leftovers of a dockerd that was killed', () => {
  const commandOf = (pid: number): string | undefined => ({ 10: 'dockerd', 11: 'sshd' })[pid];
  it('keeps the pid file of a running dockerd', () => assert.equal(isStale('10\n', 'dockerd', commandOf), false));
  it('finds a pid that is gone, one that is another program now, and rubbish', () => {
    assert.equal(isStale('12', 'dockerd', commandOf), true);
    assert.equal(isStale('11', 'dockerd', commandOf), true);
    assert.equal(isStale('', 'dockerd', commandOf), true);
  });
});

describe('set-up: running programs', () => {
  it('reports a program that does not exist as a result', async () => {
    const result = await run('no-such-program-here', []);
    assert.equal(result.code, -1);
    assert.match(result.stderr, /ENOENT/);
  });
  it('passes arguments untouched', async () =>
    assert.equal((await run('printf', ['%s', '$HOME; rm'])).stdout, '$HOME; rm'));
  it('kills what stays silent for too long', async () => {
    const result = await run('sleep', ['10'], { firstOutputWithin: 50 });
    assert.deepEqual([result.code, result.timedOut], [-1, true]);
  });
  it('lets run on what has said something', async () => {
    const result = await run('sh', ['-c', 'echo here; sleep 0.3; echo done'], { firstOutputWithin: 200 });
    assert.equal(result.stdout, 'here\ndone\n');
  });
  it('keeps the last lines that say something', () => assert.equal(lastLines('a\n\nb\n c \n\n', 2), 'b | c'));
});
