import assert from 'node:assert/strict';
import { withVariable } from '../../../activities/shared/env-file';

describe('a variable in an env file', () => {
  it('is replaced where it stands, and nothing else changes', () => {
    const text = '# volumes\nPGDATA_VOLUME=old\nPGDATA_VOLUME_NOTE=keep\nSECRET="a=b # c"\n';
    assert.equal(
      withVariable(text, 'PGDATA_VOLUME', 'new'),
      '# volumes\nPGDATA_VOLUME=new\nPGDATA_VOLUME_NOTE=keep\nSECRET="a=b # c"\n',
    );
  });

  it('written twice is one line afterwards: the last one would have won', () => {
    assert.equal(withVariable('A=1\nB=2\nexport A=3\n', 'A', '9'), 'A=9\nB=2\n');
  });

  it('that is missing is added, also after a line without its end', () => {
    assert.equal(withVariable('A=1', 'B', '2'), 'A=1\nB=2\n');
    assert.equal(withVariable('', 'B', '2'), 'B=2\n');
  });

  it('in a comment is no variable', () => {
    assert.equal(withVariable('#A=1\n', 'A', '2'), '#A=1\nA=2\n');
  });

  it('with a value that could start a line of its own is refused', () => {
    assert.throws(() => withVariable('A=1\n', 'A', 'x\nPG_PASSWORD=y'), /expected letters, digits/);
  });
});
