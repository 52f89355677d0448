import assert from 'node:assert/strict';
import { refuseForeign, sortOut, type Container } from '../../../platform/lifecycle/belonging';
import { composeFile } from '../../../platform/lifecycle/layout';

const from = (files: string, name = 'one'): Container => ({ id: name, name, files });

describe('whose a compose project is', () => {
  it('ours: made from a compose file of this checkout, whichever of the stacks', () => {
    const all = [from(composeFile('prod'), 'a'), from(composeFile('backup'), 'b'), from(composeFile('test'), 'c')];
    assert.deepEqual(sortOut(all), { ours: all, foreign: [] });
  });

  it('foreign: another file, another checkout, or a file of ours with one that is not', () => {
    const all = [
      from('/srv/shandi/docker-compose.prod.yml', 'a'),
      from(composeFile('prod').replace('/platform/', '/other/platform/'), 'b'),
      from(`${composeFile('prod')},/srv/shandi/override.yml`, 'c'),
    ];
    assert.deepEqual(sortOut(all), { ours: [], foreign: all });
  });

  it('neither: what compose did not make', () => {
    assert.deepEqual(sortOut([from('')]), { ours: [], foreign: [] });
  });

  it('a project that is also somebody else’s is refused with the file and a container', () => {
    const mixed = sortOut([from(composeFile('prod')), from('/srv/shandi/docker-compose.yml', 'shandi-postgres-1')]);
    assert.throws(
      () => refuseForeign('shandi', mixed),
      /project shandi belongs to \/srv\/shandi\/docker-compose\.yml.*1 of its containers, shandi-postgres-1 among them.*nothing was changed/,
    );
    refuseForeign('shandi', sortOut([from(composeFile('prod')), from('')]));
  });
});
