import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { ScheduleDescription } from '@temporalio/client';
import { loadPlan, type Plan } from '../../../plan';
import { differencesOf } from '../../../scripts/lib/schedules/apply';
import { calendarsOf, timesOf } from '../../../scripts/lib/schedules/calendars';
import { wantedSchedules, type WantedSchedule } from '../../../scripts/lib/schedules/wanted';
import { outlived } from '../../../activities/pgbackrest/outlived-backups';
import { judgeCopy } from '../../../workflows/restore-test/judge';
import { randomPoint } from '../../../workflows/restore-test/point';

const times = (cron: string): string => timesOf({ calendars: calendarsOf(cron) });

describe('cron lines as calendars', () => {
  it('name the same times, however they are written', () => {
    assert.equal(times('*/20 2 * * *'), times('0,20,40 2 * * *'));
    assert.equal(times('0 5 * jan MON-WED'), times('0 5 * 1 1,2,3'));
    assert.equal(times('0 0 * * 0'), times('0 0 * * 7'));
    assert.equal(times('5/20 0 * * *'), times('5,25,45 0 * * *'));
    assert.notEqual(times('0 5 1 * *'), times('0 5 2 * *'));
  });
  it('are the times of the ranges that a server hands back', () =>
    assert.equal(
      times('30 * * * *'),
      timesOf({
        calendars: [
          {
            second: [{ start: 0, end: 0, step: 1 }],
            minute: [{ start: 30, end: 30, step: 1 }],
            hour: [{ start: 0, end: 23, step: 1 }],
            dayOfMonth: [{ start: 1, end: 31, step: 1 }],
            month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
            dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
            year: [],
          },
        ],
      }),
    ));
  it('with a day of the month and one of the week mean either, as cron does', () => {
    assert.equal(calendarsOf('0 5 1 * 1').length, 2);
    assert.equal(calendarsOf('0 5 */2 * 1').length, 1);
  });
});

describe('schedules that a plan asks for', () => {
  let plan: Plan;
  before(async () => ({ plan } = await loadPlan(resolve(__dirname, '../../../plan/shandi.yaml'))));

  it("are The Shandi's backups and its tests; what has no procedure is said", () => {
    const { wanted, leftOut } = wantedSchedules(plan);
    assert.deepEqual(
      wanted.map((one) => [one.id, one.start.procedure, one.start.workflowId]),
      [
        ['dr.backup-database-shandi-full', 'backupDatabase', 'backup.database.shandi'],
        ['dr.backup-database-shandi-incremental', 'backupDatabase', 'backup.database.shandi'],
        ['dr.backup-store-redis', 'backupRedis', 'backup.store.redis'],
        ['dr.backup-configuration', 'backupConfiguration', 'backup.configuration'],
        ['dr.backup-certificates', 'backupCertificates', 'backup.certificates'],
        ['dr.monthly-restore-test', 'restoreTest', 'test.database.shandi'],
        ['dr.monthly-recovery-test', 'monthlyRecoveryTest', 'test.system'],
        ['dr.quarterly-recovery-test', 'quarterlyRecoveryTest', 'test.system'],
        ['dr.daily-readiness-check', 'readinessCheck', 'check.readiness'],
        ['dr.daily-report', 'periodicReport', 'report.daily'],
        ['dr.weekly-report', 'periodicReport', 'report.weekly'],
        ['dr.monthly-report', 'periodicReport', 'report.monthly'],
        ['dr.quarterly-report', 'periodicReport', 'report.quarterly'],
        ['dr.annual-report', 'periodicReport', 'report.annual'],
      ],
    );
    assert.equal(wanted[5]?.start.windowMs, 3_600_000);
    assert.deepEqual(
      wanted.map((one) => one.start.input['expire']),
      [true, ...Array<undefined>(13)],
    );
    assert.match(leftOut.find((one) => /logical/.test(one.name))?.why ?? '', /no procedure/);
  });

  it('with a wrong input, or of a procedure that is not for the clock, are left out with the reason', () => {
    const change = (more: object): string => {
      const [first, ...rest] = plan.schedules;
      const { leftOut } = wantedSchedules({ ...plan, schedules: [{ ...first, ...more } as never, ...rest] });
      return leftOut.find((one) => one.name === first?.name)?.why ?? '';
    };
    assert.match(change({ input: { database: 'shandi', point: 'never' } }), /point: expected latest or random/);
    assert.match(change({ enabled: false }), /on paper/);
    assert.match(change({ procedure: 'databaseFailover' }), /databaseFailover cannot be started by the clock/);
  });

  it('of one name are told apart', () => {
    const again = { ...plan, backups: { ...plan.backups, redis: [...plan.backups.redis, ...plan.backups.redis] } };
    assert.ok(wantedSchedules(again).wanted.some((one) => one.id === 'dr.backup-store-redis-2'));
  });

  it('differ from what is there in every point that is named, and in no other', () => {
    const [wanted] = wantedSchedules(plan).wanted as [WantedSchedule];
    const there = {
      spec: wanted.spec,
      policies: { overlap: wanted.overlap, catchupWindow: wanted.catchUpMs, pauseOnFailure: false },
      action: {
        type: 'startWorkflow',
        workflowType: 'startScheduled',
        taskQueue: 'dr-control',
        workflowId: `schedule.${wanted.name}`,
        args: [wanted.start],
      },
    } as unknown as ScheduleDescription;
    assert.deepEqual(differencesOf(wanted, there), []);
    const later = { ...there, spec: { calendars: calendarsOf('0 3 * * *') } } as unknown as ScheduleDescription;
    assert.match(differencesOf(wanted, later).join(), /^times: wanted 0 0 2 .*there is 0 0 3 /);
    const other = { ...there, action: { ...there.action, args: [{ ...wanted.start, input: {} }] } };
    assert.match(differencesOf(wanted, other).join(), /^input: /);
    const policies = { ...there.policies, overlap: 'ALLOW_ALL' as const };
    assert.deepEqual(differencesOf(wanted, { ...there, policies }), ['overlap: wanted SKIP, there is ALLOW_ALL']);
  });
});

describe('backups that a retention does not keep', () => {
  const backup = (label: string, day: number, references: string[] = [], hasErrors = false) =>
    ({
      label,
      kind: references.length > 0 ? 'incr' : 'full',
      stoppedAt: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`,
      hasErrors,
      ...(references.length > 0 ? { references } : {}),
    }) as never;
  const before = Date.parse('2026-11-10T00:00:00Z');
  const all = [backup('D', 12), backup('C', 8), backup('B-i', 7, ['B']), backup('B', 6), backup('A', 4)];

  it('are those older than the newest full one from before it, with what refers to them', () => {
    const found = outlived(all, before);
    assert.deepEqual(found, { labels: ['A', 'B', 'B-i'], keeps: ['D', 'C'] });
  });
  it('are none where that one has errors, or there is none', () => {
    assert.deepEqual(outlived([backup('D', 12), backup('C', 8, [], true), backup('B', 6)], before).labels, []);
    assert.deepEqual(outlived([backup('D', 12)], before).labels, []);
  });
});

describe('a restore test', () => {
  it('draws a moment behind the second in which the backup ended and before the last commit', () => {
    const draw = (share: number): string | undefined =>
      randomPoint('2026-11-22T16:00:00.000Z', '2026-11-22T16:00:11.000Z', share);
    assert.deepEqual([draw(0), draw(0.5)], ['2026-11-22T16:00:01.000Z', '2026-11-22T16:00:06.000Z']);
    assert.ok((draw(0.9999999) ?? '') < '2026-11-22T16:00:11.000Z');
    assert.equal(randomPoint('2026-11-22T16:00:00.000Z', '2026-11-22T16:00:00.900Z', 0), undefined);
    assert.equal(randomPoint('2026-11-22T16:00:00.000Z', undefined, 0), undefined);
  });
  it('does not pass a copy that went past its moment; a missed RTO is an objective', () => {
    const copy = { lastCommitAt: '2026-11-22T16:00:03.000000Z', logLine: 'paused' } as never;
    const amcheck = { ok: true, checked: true, relations: 1, skipped: [], findings: [], durationMs: 1 };
    const seen = { tables: [{ table: 'a', now: 1, after: 1 }], businessQueries: [], checksumFailures: 0, amcheck };
    const judged = judgeCopy(
      { kind: 'time', time: '2026-11-22T16:00:02Z' },
      copy,
      { ...seen, evidence: [] },
      {
        tookMs: 2,
        tier: { name: 'P1', rto: 1 },
      },
    );
    assert.deepEqual(
      judged.filter((one) => !one.ok).map((one) => [one.name, one.objective]),
      [
        ['Stands at its target', undefined],
        ['RTO of tier P1', true],
      ],
    );
  });
});
