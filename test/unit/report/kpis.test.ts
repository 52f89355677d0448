import assert from 'node:assert/strict';
import { factOf, roleOf } from '../../../activities/evidence/gather-runs';
import type { RunFact } from '../../../workflows/contracts/periodic';
import { periodOf, trendOf } from '../../../workflows/contracts/period';
import { percent } from '../../../workflows/contracts/words';
import { kpisOf, outagesOf, spreadOf, trendPoints } from '../../../workflows/report/kpis';
import { recovered } from '../../support/fake-periodic';
import { sampleView } from '../../fixtures/run-view';

const minutes = (count: number): number => count * 60_000;
const run = (more: Partial<RunFact> = {}): RunFact => recovered('2026-11-10T12:00:00.000Z', more);

describe('key figures of recoveries', () => {
  it('of no runs are no figures, and never zero', () => {
    const none = kpisOf([]);
    assert.deepEqual([none.ended, none.time, none.loss, none.human], [0, undefined, undefined, undefined]);
    assert.equal(spreadOf([]), undefined);
    assert.equal(percent(0, 0), 'not known');
  });

  it('of one run are that run', () => {
    const { time, human, machine, loss, met } = kpisOf([run()]);
    assert.deepEqual(time, { count: 1, mean: minutes(10), median: minutes(10), worst: minutes(10) });
    assert.deepEqual([human?.mean, machine?.mean, loss?.mean, met], [minutes(2), minutes(8), 30_000, 1]);
  });

  it('are mean, median and worst; human time is apart', () => {
    const runs = [5, 20, 10, 45].map((count) => run({ achievedRto: minutes(count), human: minutes(1) }));
    assert.deepEqual(kpisOf(runs).time, { count: 4, mean: minutes(20), median: minutes(15), worst: minutes(45) });
    assert.deepEqual(kpisOf(runs).machine?.worst, minutes(44));
    assert.equal(spreadOf([3, 1, 2])?.median, 2);
  });

  it('count a loss that was not measured as not measured, and not as none', () => {
    const unmeasured: RunFact = run({ verdict: 'unproven' });
    delete unmeasured.achievedRpo;
    const { loss, lossUnknown, unproven, met } = kpisOf([run(), unmeasured]);
    assert.deepEqual([loss?.count, loss?.mean, lossUnknown, unproven, met], [1, 30_000, 1, 1, 1]);
  });

  it('tell what was not recovered from what was refused, and from what needed nothing', () => {
    const never = (state: RunFact['state']): RunFact => {
      const one = run({ state, verdict: 'none' });
      delete one.achievedRto;
      return one;
    };
    const { ended, verified, unrecovered, refused } = kpisOf([
      run(),
      never('aborted'),
      never('refused'),
      never('completed'),
    ]);
    assert.deepEqual([ended, verified, unrecovered, refused], [2, 1, 1, 1]);
  });

  it('keep a recovery that was verified and then aborted', () => {
    const { verified, unrecovered } = kpisOf([run({ state: 'aborted' })]);
    assert.deepEqual([verified, unrecovered], [1, 0]);
  });

  it('of a trend belong to the period in which the run ended, by the millisecond', () => {
    const trend = trendOf(periodOf('monthly', '2026-11')!, 2);
    const points = trendPoints(trend, [
      recovered('2026-10-31T23:59:59.999Z'),
      recovered('2026-11-01T00:00:00.000Z'),
      recovered('2026-11-30T23:59:59.999Z', { role: 'rehearsal' }),
      recovered('2026-12-01T00:00:00.000Z'),
    ]);
    assert.deepEqual(
      points.map(({ period, recoveries, rehearsals }) => [period, recoveries.ended, rehearsals.ended]),
      [
        ['2026-10', 1, 0],
        ['2026-11', 1, 1],
      ],
    );
  });

  it('outages are those of failovers and restarts of that very database, from the loss to the first write', () => {
    const outages = outagesOf(
      [
        run({ disasterAt: '2026-11-10T11:45:00.000Z' }),
        run({ resource: 'database.other' }),
        run({ role: 'rehearsal' }),
        run({ procedure: 'pointInTimeRecovery' }),
      ],
      'database.shandi',
    );
    assert.deepEqual(outages, [{ from: '2026-11-10T11:45:00.000Z', to: '2026-11-10T12:00:00.000Z' }]);
  });
});

describe('what a run counts as', () => {
  const role = (procedure: string, mode = 'recover', resource = 'database.shandi'): string =>
    roleOf({ procedure, mode, resource });
  it('a check and a copy recover nothing; on a copy of the platform it is a rehearsal', () => {
    assert.equal(role('pointInTimeRecovery'), 'recovery');
    assert.equal(role('pointInTimeRecovery', 'check'), 'other');
    assert.equal(role('pointInTimeRecovery', 'copy'), 'other');
    assert.equal(role('pointInTimeRecovery', 'recover', 'drill.database.shandi'), 'rehearsal');
    assert.equal(role('monthlyRecoveryTest', 'test', 'system'), 'test');
    assert.equal(role('notifyPeople', 'notify', 'incident.x'), 'other');
    assert.equal(role('scenarioTest', 'test', 'system'), 'test');
    assert.equal(role('siteFailback', 'site-failback', 'system'), 'recovery');
    assert.equal(role('ofALaterVersion'), 'other');
  });
  it('what a test begins on its copy is no test and no backup of its own: a planted fault has it fail on purpose', () => {
    assert.equal(role('restoreTest', 'test'), 'test');
    assert.equal(role('restoreTest', 'test', 'drill.database.shandi'), 'other');
    assert.equal(role('backupDatabase', 'backup', 'drill.database.shandi'), 'other');
  });
  it('a fact of a report has its objectives as they were measured', () => {
    const view = sampleView;
    const fact = factOf(view);
    assert.equal(fact.achievedRto, view.objectives?.achievedRto);
    assert.equal(fact.human, view.objectives?.human);
    assert.equal(fact.endedAt, view.endedAt);
  });
});

describe('a share in percent', () => {
  it('is cut and never rounded up: 100 % is all of it', () => {
    assert.equal(percent(99_999_999, 100_000_000), '99.999 %');
    assert.equal(percent(1, 1), '100 %');
    assert.equal(percent(1, 3), '33.333 %');
  });
});
