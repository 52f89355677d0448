import assert from 'node:assert/strict';
import { atLeast, parseVersion, versionIn } from '../../../scripts/set-up/versions';

describe('set-up: versions in the output of programs', () => {
  it('finds the first dotted number', () => {
    assert.deepEqual(parseVersion('temporal version 1.8.2 (Server 1.31.2, UI 2.45.0)'), [1, 8, 2]);
    assert.deepEqual(parseVersion('20.10.24+dfsg1 linux/amd64'), [20, 10, 24]);
    assert.deepEqual(parseVersion('go version go1.19 linux/amd64'), [1, 19, 0]);
    assert.equal(parseVersion('no number here'), undefined);
    assert.equal(versionIn('Docker version 28.2.2, build e6534b4'), '28.2.2');
  });

  it('compares numbers and not letters: 1.10 is newer than 1.8', () => {
    assert.equal(atLeast('1.10.0', '1.8'), true);
    assert.equal(atLeast('v2.40.3', '2.20'), true);
    assert.equal(atLeast('1.8.0', '1.8'), true);
    assert.equal(atLeast('1.7.9', '1.8'), false);
    assert.equal(atLeast('go version go1.19.8 linux/amd64', '1.21'), false);
  });

  it('never takes an unreadable version for new enough', () => assert.equal(atLeast('', '1.8'), false));
});
