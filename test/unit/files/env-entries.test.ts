import assert from 'node:assert/strict';
import { envEntries } from '../../../activities/shared/env-entries';

const keys = (text: string): string[] => envEntries(text).entries.map((one) => one.key);

describe('an env file, taken apart', () => {
  it('has comments, empty lines, export and quoted values of several lines', () => {
    const text = `# c\n\nA=1\nexport B = two\nC="first\nsecond=no key\nthird"\nD='x'\nE=\n`;
    const { entries, garbage } = envEntries(text);
    assert.equal(garbage, false);
    assert.deepEqual(keys(text), ['A', 'B', 'C', 'D', 'E']);
    assert.equal(entries[2]?.raw, 'C="first\nsecond=no key\nthird"');
  });

  it('is garbage when a line is nothing of that, a quote is never closed, or bytes are no text', () => {
    for (const text of ['}{', 'A=1\nnot a line\n', 'A="open\nB=1\n', 'A=\u0000', Buffer.from([0xff, 0xfe]).toString()])
      assert.equal(envEntries(text).garbage, true, JSON.stringify(text));
  });

  it('still has what can be read of it', () => {
    assert.deepEqual(keys('}{\nA=1\n'), ['A']);
  });
});
