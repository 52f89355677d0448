import assert from 'node:assert/strict';
import { forkLsn, movedFrom, type CopyStanding } from '../../../activities/postgres/approved-position';
import { makersFor } from '../../../activities/postgres/remove-copy';

const history = '1\t0/5000000\tno recovery target specified\n\n2\t0/C2D216C8\tbefore 2026-11-22 17:29:24.890426+00\n';

describe('a history file', () => {
  it('tells where its timeline began: its last line', () => {
    assert.equal(forkLsn(history), '0/C2D216C8');
    assert.equal(forkLsn('# nothing\n'), undefined);
  });
});

describe('a copy that was approved at a position', () => {
  const paused: CopyStanding = { recovering: true, paused: true, replayLsn: '0/C2D216C8', history: null };
  const promoted: CopyStanding = { recovering: false, paused: false, replayLsn: null, history };

  it('is still that when it stands paused there, or was promoted there', () => {
    assert.equal(movedFrom('0/C2D216C8', paused), undefined);
    assert.equal(movedFrom('0/C2D216C8', promoted), undefined);
  });

  it('is not when it replays on, stands or was promoted elsewhere', () => {
    assert.match(movedFrom('0/C2D216C8', { ...paused, paused: false }) ?? '', /no longer paused/);
    assert.match(movedFrom('0/C2D21700', paused) ?? '', /stands at 0\/C2D216C8, approved was 0\/C2D21700/);
    assert.match(movedFrom('0/C2D21700', promoted) ?? '', /promoted already, at 0\/C2D216C8/);
    assert.match(movedFrom('0/C2D216C8', { ...promoted, history: null }) ?? '', /at an unknown position/);
  });
});

describe('a copy', () => {
  it('is removed by the run that made it, and handed over only to the keeper of its key', () => {
    const resource = 'database.shandi';
    assert.deepEqual(makersFor('recover.database.shandi', resource, '0badcafe'), ['recover.database.shandi']);
    assert.deepEqual(makersFor('keep.database.shandi.0badcafe', resource, '0badcafe'), [
      'keep.database.shandi.0badcafe',
      'copy.database.shandi',
    ]);
    assert.deepEqual(makersFor('keep.database.shandi.0badcafe', resource, '00000000'), [
      'keep.database.shandi.0badcafe',
    ]);
  });
});
