import assert from 'node:assert/strict';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../plan';
import { interpolate, parseEnvFile } from '../../../plan/compare/interpolate';
import { nearest } from '../../../plan/nearest';
import { cronFault } from '../../../plan/schema/cron';

describe('units of the plan', () => {
  it('durations are read and written', () => {
    for (const [text, milliseconds] of [
      ['250ms', 250],
      ['30s', 30_000],
      ['15m', 900_000],
      ['4h', 14_400_000],
      ['7d', 604_800_000],
      ['0s', 0],
    ] as const) {
      assert.equal(parseDuration(text), milliseconds);
      assert.equal(formatDuration(milliseconds), text);
    }
    assert.equal(parseDuration('1h30m'), 5_400_000);
    assert.equal(formatDuration(5_400_000), '90m');
    for (const text of ['', '15', 'm', '1.5h', '-1s', '1h 30m']) assert.throws(() => parseDuration(text), RangeError);
  });

  it('sizes are read and written', () => {
    for (const [text, bytes] of [
      ['5GB', 5e9],
      ['3GiB', 3 * 1024 ** 3],
      ['16MiB', 16 * 1024 ** 2],
      ['100MB', 1e8],
      ['7B', 7],
      ['0B', 0],
    ] as const) {
      assert.equal(parseSize(text), bytes);
      assert.equal(parseSize(formatSize(bytes)), bytes);
    }
    for (const text of ['5', '5gb', '1.5GB', 'GB']) assert.throws(() => parseSize(text), RangeError);
  });

  it('cron lines are judged', () => {
    for (const line of ['* * * * *', '*/5 0 1,15 JAN-MAR mon-fri', '0 2 * * 7', '5-10/2 * * * *'])
      assert.equal(cronFault(line), undefined, line);
    for (const line of [
      '',
      '* * * *',
      '60 * * * *',
      '* * 0 * *',
      '* * * 13 *',
      '* * * * MONDAY',
      '*/0 * * * *',
      '10-5 * * * *',
      '1- * * * *',
      '@daily',
    ]) {
      assert.ok(cronFault(line), line);
    }
  });

  it('misspelt words are recognised', () => {
    assert.equal(nearest('prot', ['port', 'path']), 'port');
    assert.equal(nearest('start_period', ['startPeriod', 'interval']), 'startPeriod');
    assert.equal(nearest('colour', ['port', 'path']), undefined);
  });

  it('env files and variables are read as Docker Compose reads them', () => {
    const variables = parseEnvFile('# comment\nA=1\nexport B="two words" \nC=\nD=x # y\n');
    assert.deepEqual(variables, { A: '1', B: 'two words', C: '', D: 'x' });
    assert.equal(
      interpolate('$A ${B} ${C:-c} ${C-c} ${E:-${A}} ${A:?no} ${A:+yes}${E:+no} $$A', variables),
      '1 two words c  1 1 yes $A',
    );
  });
});
