import assert from 'node:assert/strict';
import { aptSources } from '../../../scripts/set-up/debian-root';

describe('set-up: sources of packages in the base image', () => {
  it('follow the mirror that was used, with updates and security fixes', () => {
    assert.equal(
      aptSources('deb http://mirror.example/debian bookworm main\n'),
      'deb http://mirror.example/debian bookworm main\ndeb http://mirror.example/debian bookworm-updates main\ndeb http://mirror.example/debian-security bookworm-security main\n',
    );
  });

  it('leave security out where the mirror does not have it beside', () => {
    assert.doesNotMatch(aptSources('deb http://mirror.example/pool bookworm main\n'), /security/);
  });

  it('a file without a source is said so', () => {
    assert.throws(() => aptSources('# nothing\n'), /wrote no source of packages/);
  });
});
