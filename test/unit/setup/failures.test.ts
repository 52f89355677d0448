import assert from 'node:assert/strict';
import { failures } from '../../../scripts/checks/run';

describe('what failed, at the end of a run', () => {
  const output = [
    '  the primary is killed',
    '    1) it is failed over',
    '',
    '  3 passing (2s)',
    '  2 failing',
    '',
    '  1) the primary is killed',
    '       it is failed over:',
    '     AssertionError: 1 row is missing',
    '      at Context.<anonymous> (test/x.ts:1:1)',
    '',
    '  2) the pooler is dead',
    '       "after each" hook:',
    '     Error: timeout',
    '',
  ].join('\n');

  it('is each test with the beginning of its failure, without the stack', () => {
    assert.deepEqual(failures(output), [
      'the primary is killed · it is failed over: · AssertionError: 1 row is missing',
      'the pooler is dead · "after each" hook: · Error: timeout',
    ]);
  });

  it('is nothing when nothing failed, or the run said nothing of tests', () => {
    assert.deepEqual(failures('  3 passing (2s)\n'), []);
    assert.deepEqual(failures('src/x.ts(1,1): error TS2304\n'), []);
  });

  it('is cut where a failure is long', () => {
    const [text] = failures(`  1 failing\n\n  1) a\n       b:\n     ${'x'.repeat(3000)}\n`);
    assert.equal(text?.length, 400);
  });
});
