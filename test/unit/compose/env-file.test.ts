import assert from 'node:assert/strict';
import { problemOf } from '../../../workflows/contracts/errors';
import type { Site } from '../../../plan';
import { composeVariable } from '../../../activities/shared/compose';
import { setEnvVariable, withVariable } from '../../../activities/shared/env-file';

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

  it('of a file that is not there: a sentence with the path as the plan writes it', async () => {
    const compose = { project: 'shandi', file: 'x.yml', envFile: 'platform/state/nowhere/.env' };
    const site = { name: 'primary', compose } as unknown as Site;
    for (const work of [composeVariable(site, 'A'), setEnvVariable(site, 'A', '1')]) {
      const { code, message } = await work.then(() => assert.fail('it went well'), problemOf);
      assert.equal(code, 'DR-COMPOSE');
      assert.equal(
        message,
        'env file platform/state/nowhere/.env of site primary cannot be read: there is no such file',
      );
    }
  });
});
