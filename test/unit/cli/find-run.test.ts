import assert from 'node:assert/strict';
import { findRun, statusOf } from '../../../scripts/lib/find-run';
import { listRuns } from '../../../scripts/lib/runs';
import { planeOf, type Execution } from './plane';

const failover: Execution = { id: 'recover.database.shandi', type: 'databaseFailover' };
const guard: Execution = { id: 'guard.database.shandi', type: 'guardDatabase', state: 'watching' };
const check: Execution = { id: 'check.database.shandi', type: 'pointInTimeRecovery' };
const keeper: Execution = { id: 'keep.database.shandi.1ea3d016', type: 'keepCopy' };
const ended = (one: Execution, status = 'COMPLETED'): Execution => ({ ...one, status });
const purposes = ['look', 'tell', 'answer'] as const;

describe('the run that is meant', () => {
  for (const to of purposes) {
    it(`beside a guard and a keeper is the recovery, named or not (to ${to})`, async () => {
      const plane = planeOf([guard, keeper, failover]);
      for (const name of ['shandi', 'database.shandi', undefined])
        assert.equal(await findRun(plane, name, { to }), failover.id);
    });

    it(`is a guard where its whole name is given (to ${to})`, async () =>
      assert.equal(await findRun(planeOf([guard, failover]), guard.id, { to }), guard.id));
  }

  it('is the guard to look at, where nothing else is under way', async () => {
    for (const name of ['shandi', undefined])
      assert.equal(await findRun(planeOf([guard, ended(check), keeper]), name), guard.id);
  });

  it('is never a guard to be told something, unless it is named in full', async () => {
    for (const to of ['tell', 'answer'] as const) {
      await assert.rejects(
        findRun(planeOf([guard]), undefined, { to }),
        /no run is under way: expected .* Databases are watched by guard\.database\.shandi; name one to mean it\./,
      );
      await assert.rejects(
        findRun(planeOf([guard]), 'shandi', { to }),
        /"shandi": it fits only the guard guard\.database\.shandi, which is told something only by its whole name/,
      );
    }
  });

  it('is never a keeper without its name', async () =>
    assert.rejects(
      findRun(planeOf([keeper]), undefined),
      /no run is under way.*kept by keep\.database\.shandi\.1ea3d016/,
    ));

  it('is a keeper by the end of its name', async () =>
    assert.equal(await findRun(planeOf([guard, keeper]), '1ea3d016', { to: 'tell' }), keeper.id));

  it('of a recovery and a check is the one that has a card', async () => {
    const plane = planeOf([check, failover]);
    assert.equal(await findRun(plane, undefined, { to: 'answer' }), failover.id);
    await assert.rejects(findRun(plane, undefined, { to: 'tell' }), /2 runs are under way: check\.\S+, recover\.\S+ /);
  });

  it('is the one under way where an ended one has a like name', async () => {
    const copy = ended({ id: 'copy.database.shandi', type: 'pointInTimeRecovery' });
    assert.equal(await findRun(planeOf([copy, check]), 'shandi', { to: 'tell' }), check.id);
  });

  it('is named by what exists where nothing fits', async () => {
    await assert.rejects(
      findRun(planeOf([failover]), 'orders'),
      /"orders": no run has that name at nowhere\. Expected one of recover\./,
    );
    await assert.rejects(findRun(planeOf([]), 'orders'), /there is none yet/);
  });

  it('is not there under an execution that never was', async () =>
    assert.rejects(findRun(planeOf([failover]), 'shandi', { runId: 'other' }), /with --run-id other/));
});

describe('the list of runs', () => {
  const before: Execution = { ...guard, runId: 'before', status: 'CONTINUED_AS_NEW' };

  it('shows a guard once, however often it began its history anew', async () => {
    const rows = await listRuns(planeOf([guard, before]), {}, 20);
    assert.deepEqual(
      rows.map((row) => [row.runId, row.state]),
      [['r', 'watching']],
    );
  });

  it('shows all of them when asked, and does not say that an old one watches', async () => {
    const rows = await listRuns(planeOf([guard, before]), { continued: true }, 20);
    assert.deepEqual(
      rows.map((row) => row.state),
      ['watching', 'continued_as_new'],
    );
  });

  it('tells whether there is such a run', async () => {
    assert.equal(await statusOf(planeOf([guard]), guard.id), 'RUNNING');
    assert.equal(await statusOf(planeOf([guard]), failover.id), undefined);
  });
});
