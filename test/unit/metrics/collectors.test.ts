import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../activities/shared/paths';
import { loadPlan, type Plan } from '../../../plan';
import { maxAgeMs, newestByType, putBackups } from '../../../workers/metrics/backups';
import { putCertificates } from '../../../workers/metrics/certificates';
import { putServer, serversAt, type ServerReading } from '../../../workers/metrics/database';
import { putGates } from '../../../workers/metrics/gates';
import { putObjectives } from '../../../workers/metrics/objectives';
import { outcomeOf, putReports, reportReader } from '../../../workers/metrics/reports';
import { putRuns, type ListedRun } from '../../../workers/metrics/runs';
import { Sheet } from '../../../workers/metrics/sheet';
import type { BackupFacts } from '../../../workflows/contracts/recovery';
import type { Report, RunView } from '../../../workflows/contracts/run-view';
import { Scrape } from '../../support/scrape';

async function told(put: (sheet: Sheet) => void): Promise<Scrape> {
  const sheet = new Sheet();
  put(sheet);
  return new Scrape(await sheet.text());
}
const at = (time: string): string => `2026-11-28T${time}.000Z`;
const unix = (time: string): number => Date.parse(at(time)) / 1000;

describe('metrics of runs', () => {
  const run = (more: Partial<ListedRun>): ListedRun => ({
    workflowId: 'recover.database.shandi',
    runId: 'a',
    procedure: 'pointInTimeRecovery',
    state: 'running',
    verdict: 'none',
    drill: false,
    ...more,
  });
  const ended = (more: Partial<ListedRun>): ListedRun => run({ state: 'completed', verdict: 'met', ...more });

  it('count them by state and verdict, drills apart, and say when the last of each ended', async () => {
    const open = [run({}), run({ state: 'waiting-approval' }), run({ state: 'waiting-approval', drill: true })];
    const over = [
      ended({ endedAt: at('10:00:00') }),
      ended({ endedAt: at('09:00:00') }),
      ended({ verdict: 'missed', endedAt: at('11:00:00') }),
    ];
    const scrape = await told((sheet) => putRuns(sheet, { open, ended: over }));
    const waits = { procedure: 'pointInTimeRecovery', state: 'waiting-approval' };
    assert.deepEqual(
      [scrape.value('dr_runs', { ...waits, drill: 'no' }), scrape.value('dr_runs', { ...waits, drill: 'yes' })],
      [1, 1],
    );
    assert.equal(scrape.value('dr_runs_ended_last_day', { verdict: 'met' }), 2);
    assert.equal(scrape.value('dr_run_last_ended_timestamp_seconds', { verdict: 'met' }), unix('10:00:00'));
    assert.equal(scrape.value('dr_run_last_ended_timestamp_seconds', { verdict: 'missed' }), unix('11:00:00'));
    assert.ok(!scrape.text.includes('recover.database.shandi'), 'no id of a run is a label');
  });

  it('count open gates and date the oldest; a run that does not answer is none of them', async () => {
    const gate = { procedure: 'pointInTimeRecovery', gate: 'cut-over' };
    const open = [at('10:00:00'), at('09:30:00')].map((openedAt) => ({ ...gate, openedAt }));
    const scrape = await told((sheet) => putGates(sheet, { open, unanswered: ['siteFailover'] }));
    assert.equal(scrape.value('dr_gates_open', gate), 2);
    assert.equal(scrape.value('dr_gate_oldest_opened_timestamp_seconds', gate), unix('09:30:00'));
    assert.equal(scrape.value('dr_runs_unanswered', { procedure: 'siteFailover' }), 1);
  });
});

const report = (view: Partial<RunView>): Report => ({
  result: {},
  view: {
    procedure: 'pointInTimeRecovery',
    resource: 'database.shandi',
    workflowId: 'recover.database.shandi',
    runId: 'a',
    mode: 'recover',
    summary: '',
    state: 'completed',
    verdict: 'met',
    phase: 'Begin',
    startedAt: at('09:00:00'),
    endedAt: at('10:00:00'),
    steps: [],
    gates: [],
    timeline: [],
    facts: [],
    approvals: [],
    evidence: [],
    problems: [],
    ...view,
  },
});
const verified = (elapsed: number, human: number): NonNullable<RunView['objectives']> => ({
  tier: 'P1',
  rto: 900_000,
  rpo: 300_000,
  declaredAt: at('09:00:00'),
  verifiedAt: at('09:05:00'),
  human,
  elapsed,
  machine: elapsed - human,
  achievedRpo: 1_500,
});
const criteria = (...values: string[]): RunView['facts'] => [
  { title: 'Criteria', facts: values.map((value, index) => ({ label: `${index}`, value })) },
];

describe('metrics of reports', () => {
  it('the last recovery that was verified: its time, that of the machine alone, and its loss', async () => {
    const outcomes = [
      report({ endedAt: at('08:00:00'), objectives: verified(9_000, 0) }),
      report({ objectives: verified(300_000, 240_000) }),
      report({ endedAt: at('11:00:00'), state: 'failed' }),
      report({ resource: 'drill.database.shandi', objectives: verified(5_000, 0) }),
    ].flatMap((one) => outcomeOf(one) ?? []);
    const scrape = await told((sheet) => putReports(sheet, outcomes, undefined));
    const of = { procedure: 'pointInTimeRecovery', drill: 'no' };
    assert.equal(scrape.value('dr_recovery_last_duration_seconds', of), 300);
    assert.equal(scrape.value('dr_recovery_last_machine_seconds', of), 60);
    assert.equal(scrape.value('dr_recovery_last_data_loss_seconds', of), 1.5);
    assert.equal(scrape.value('dr_recovery_last_verified_timestamp_seconds', of), unix('09:05:00'));
    assert.equal(scrape.value('dr_recovery_last_duration_seconds', { ...of, drill: 'yes' }), 5);
    assert.deepEqual(scrape.all('dr_test_last_passed'), []);
  });

  it('readiness: what the last check that went through has found, and when', async () => {
    const check = { procedure: 'readinessCheck', resource: 'readiness', facts: [] };
    const missing = { code: 'DR-NOT-READY', message: 'the standby is gone', next: 'Mend it.' };
    const outcomes = [
      report({ ...check, endedAt: at('11:00:00') }),
      report({ ...check, endedAt: at('12:00:00'), problems: [missing] }),
      report({ ...check, endedAt: at('13:00:00'), state: 'aborted' }),
    ].flatMap((one) => outcomeOf(one) ?? []);
    const scrape = await told((sheet) => putReports(sheet, outcomes, undefined));
    assert.equal(scrape.value('dr_ready'), 0);
    assert.equal(scrape.value('dr_readiness_checked_timestamp_seconds'), unix('12:00:00'));
    const before = await told((sheet) => putReports(sheet, outcomes.slice(0, 1), undefined));
    assert.equal(before.value('dr_ready'), 1);
  });

  it('a test: when it passed last, whether the last one did, and its score; one that never ran is told as never', async () => {
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const test = { procedure: 'monthlyRecoveryTest', resource: 'system' };
    const outcomes = [
      report({ ...test, facts: criteria('pass: it is there', 'pass: in time') }),
      report({
        ...test,
        endedAt: at('12:00:00'),
        state: 'aborted',
        facts: criteria('pass: a', 'FAIL: b', 'pass: c', 'pass: d'),
      }),
    ].flatMap((one) => outcomeOf(one) ?? []);
    const scrape = await told((sheet) => putReports(sheet, outcomes, plan));
    const monthly = { procedure: 'monthlyRecoveryTest' };
    assert.equal(scrape.value('dr_test_last_passed_timestamp_seconds', monthly), unix('10:00:00'));
    assert.equal(scrape.value('dr_test_last_ended_timestamp_seconds', monthly), unix('12:00:00'));
    assert.equal(scrape.value('dr_test_last_passed', monthly), 0);
    assert.equal(scrape.value('dr_test_score_ratio', monthly), 0.75);
    const quarterly = { procedure: 'quarterlyRecoveryTest' };
    assert.equal(scrape.value('dr_test_last_passed_timestamp_seconds', quarterly), 0);
    assert.equal(scrape.value('dr_test_last_passed', quarterly), undefined);
  });

  it('a test that might not begin, or gave way to what serves, is as if it had not been', async () => {
    const test = { procedure: 'monthlyRecoveryTest', resource: 'system' };
    const later = { ...test, endedAt: at('12:00:00') };
    const because = (code: string) => ({ problems: [{ code, message: 'not now' }] });
    const outcomes = [
      report(test),
      report({ ...later, state: 'refused', ...because('DR-TEST-NOT-NOW') }),
      report({ ...later, state: 'aborted', ...because('DR-TEST-STOPPED') }),
      // It was asked for what a copy cannot show.
      report({ ...later, procedure: 'scenarioTest', state: 'refused', ...because('DR-REFUSED') }),
      report({ ...test, procedure: 'scenarioTest' }),
    ].flatMap((one) => outcomeOf(one) ?? []);
    const scrape = await told((sheet) => putReports(sheet, outcomes, undefined));
    for (const procedure of ['monthlyRecoveryTest', 'scenarioTest'])
      assert.equal(scrape.value('dr_test_last_passed', { procedure }), 1, procedure);
  });

  it('a restore test that finds the fault planted in a copy does not turn that of the platform red', async () => {
    const passed = { procedure: 'restoreTest', resource: 'database.shandi', mode: 'test' };
    const planted = { ...passed, resource: 'drill.database.shandi', state: 'failed', endedAt: at('12:00:00') } as const;
    const outcomes = [report(passed), report(planted)].flatMap((one) => outcomeOf(one) ?? []);
    const scrape = await told((sheet) => putReports(sheet, outcomes, undefined));
    const of = { procedure: 'restoreTest' };
    assert.equal(scrape.value('dr_test_last_passed', of), 1);
    assert.equal(scrape.value('dr_test_last_ended_timestamp_seconds', of), unix('10:00:00'));
  });

  it('are read from the folder of evidence: recoveries and tests, never one that is half or foreign', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dr-reports-'));
    const write = (name: string, text: string): void => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'report.json'), text);
    };
    try {
      const read = reportReader(() => folder);
      write('recover.database.shandi-0001', JSON.stringify(report({})));
      write('test.system-0002', JSON.stringify(report({ procedure: 'monthlyRecoveryTest' })));
      write('backup.database.shandi-0003', JSON.stringify(report({ procedure: 'backupDatabase' })));
      write('recover.database.shandi-0004', '{"view":');
      mkdirSync(join(folder, 'recover.system-0005'));
      const procedures = async (): Promise<string[]> => (await read()).map((one) => one.procedure).sort();
      assert.deepEqual(await procedures(), ['monthlyRecoveryTest', 'pointInTimeRecovery']);
      write('recover.system-0005', JSON.stringify(report({ procedure: 'fullSystemRecovery' })));
      assert.deepEqual(await procedures(), ['fullSystemRecovery', 'monthlyRecoveryTest', 'pointInTimeRecovery']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    assert.deepEqual(await reportReader(() => join(folder, 'gone'))(), [], 'nothing has ended yet');
  });
});

describe('metrics of a site', () => {
  let plan: Plan;
  before(async () => ({ plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'))));
  const database = (): Plan['databases'][number] => plan.databases[0] ?? assert.fail('the plan has a database');
  const reading = (more: Partial<ServerReading> = {}): ServerReading => ({
    inRecovery: false,
    archive: { lastArchivedAt: 1_000, lastFailedAt: null, archived: 12, failed: 3, ready: 2 },
    standbys: [{ name: 'postgres-standby', state: 'streaming', lagBytes: 4_096, lagSeconds: 0.25 }],
    ...more,
  });
  const server = (name: string, given: ServerReading): Promise<Scrape> =>
    told((sheet) => putServer(sheet, plan, { database: database(), service: name }, given));

  it('a primary: its archive, and each standby of the plan, wherever that is', async () => {
    const scrape = await server('postgres', reading());
    const of = { resource: 'database.shandi', server: 'postgres' };
    assert.equal(scrape.value('dr_database_in_recovery', of), 0);
    assert.equal(scrape.value('dr_archive_last_archived_timestamp_seconds', of), 1_000);
    assert.equal(scrape.value('dr_archive_last_failed_timestamp_seconds', of), 0, 'never failed');
    assert.equal(scrape.value('dr_archive_ready_segments', of), 2);
    assert.equal(scrape.value('dr_archive_failed_total', of), 3);
    assert.match(scrape.text, /^# TYPE dr_archive_failed_total counter$/m);
    const standby = { ...of, standby: 'postgres-standby' };
    assert.deepEqual(
      [
        scrape.value('dr_replication_streaming', standby),
        scrape.value('dr_replication_lag_seconds', standby),
        scrape.value('dr_replication_lag_bytes', standby),
      ],
      [1, 0.25, 4_096],
    );
    assert.equal(scrape.value('dr_replication_streaming', { standby: 'backup-postgres' }), 0);
  });

  it('a standby that is gone, or only catches up, has no lag that could look well', async () => {
    const catching = { name: 'postgres-standby', state: 'catchup', lagBytes: 0, lagSeconds: 0 };
    for (const standbys of [[], [catching]]) {
      const scrape = await server('postgres', reading({ standbys }));
      assert.equal(scrape.value('dr_replication_streaming', { standby: 'postgres-standby' }), 0);
      assert.deepEqual(scrape.all('dr_replication_lag_seconds'), []);
      assert.deepEqual(scrape.all('dr_replication_lag_bytes'), []);
    }
  });

  it('a standby tells its role and nothing else', async () => {
    const scrape = await server('postgres-standby', { inRecovery: true, standbys: [] });
    assert.deepEqual(scrape.names(), ['dr_database_in_recovery']);
    assert.equal(scrape.value('dr_database_in_recovery'), 1);
  });

  it('after a failover the former primary is the standby that is looked for', async () => {
    const scrape = await server('postgres-standby', reading({ standbys: [] }));
    assert.equal(
      scrape.value('dr_replication_streaming', { server: 'postgres-standby', standby: 'postgres' }),
      0,
      scrape.text,
    );
  });

  it('servers are those of the site, what stands in there included', () => {
    const names = plan.sites.map((site) => serversAt(plan, site).map((one) => one.service));
    assert.deepEqual(names, [['postgres', 'postgres-standby'], ['backup-postgres']]);
  });

  it('backups: the newest of each type without an error, and how old the plan lets it become', async () => {
    const backup = (label: string, kind: BackupFacts['kind'], time: string, hasErrors = false): BackupFacts => ({
      label,
      kind,
      startedAt: at(time),
      stoppedAt: at(time),
      startLsn: '0/0',
      stopLsn: '0/0',
      archiveStart: '',
      archiveStop: '',
      timeline: 1,
      databaseBytes: 1,
      repositoryBytes: 1_000,
      hasErrors,
    });
    const newest = newestByType([
      backup('c', 'incr', '09:30:00', true),
      backup('b', 'incr', '08:30:00'),
      backup('a', 'full', '02:00:00'),
    ]);
    const scrape = await told((sheet) => putBackups(sheet, plan, { resource: 'database.shandi', newest }));
    const of = (type: string) => ({ resource: 'database.shandi', type });
    assert.equal(scrape.value('dr_backup_last_completed_timestamp_seconds', of('incremental')), unix('08:30:00'));
    assert.equal(scrape.value('dr_backup_last_completed_timestamp_seconds', of('full')), unix('02:00:00'));
    assert.equal(scrape.value('dr_backup_last_size_bytes', of('full')), 1_000);
    assert.equal(scrape.value('dr_backup_max_age_seconds', of('full')), 26 * 3600);
    assert.equal(scrape.value('dr_backup_max_age_seconds', of('incremental')), 1.5 * 3600);
    assert.deepEqual(scrape.all('dr_backup_max_age_seconds', of('logical')), [], 'it is on paper only');
    const later = { ...newest, full: { completedAt: unix('09:00:00'), bytes: 9 } };
    const after = await told((sheet) => putBackups(sheet, plan, { resource: 'database.shandi', newest: later }));
    const moment = after.value('dr_backup_last_completed_timestamp_seconds', of('incremental'));
    assert.equal(moment, unix('09:00:00'), 'a full one is as good');
    assert.equal(after.value('dr_backup_last_size_bytes', of('incremental')), 1_000);
    assert.equal(maxAgeMs('0 2 * * *'), 26 * 3_600_000);
  });

  it('backups that the plan demands and that are not there are told as never', async () => {
    const scrape = await told((sheet) => putBackups(sheet, plan, { resource: 'store.redis', newest: {} }));
    assert.equal(scrape.value('dr_backup_last_completed_timestamp_seconds', { type: 'rdb' }), 0);
    assert.deepEqual(scrape.all('dr_backup_last_size_bytes'), []);
  });

  it('the certificate: the good one, else the one that is valid longest, and that it is no good', async () => {
    const one = { path: 'a', notBefore: at('00:00:00'), names: [], fingerprint: '', keyMatches: true };
    const good = { ...one, notAfter: '2027-01-01T00:00:00.000Z' };
    const former = { ...one, notAfter: at('01:00:00'), problem: 'it has expired' };
    const name = { name: 'api.theshandi.com' };
    const well = await told((sheet) => putCertificates(sheet, plan, { certificates: [former, good], good }));
    assert.equal(well.value('dr_certificate_expiry_timestamp_seconds', name), Date.parse(good.notAfter) / 1000);
    assert.equal(well.value('dr_certificate_valid', name), 1);
    const ill = await told((sheet) => putCertificates(sheet, plan, { certificates: [former], problem: 'expired' }));
    assert.equal(ill.value('dr_certificate_expiry_timestamp_seconds', name), unix('01:00:00'));
    assert.equal(ill.value('dr_certificate_valid', name), 0);
    const none = await told((sheet) => putCertificates(sheet, plan, { certificates: [], problem: 'none' }));
    assert.deepEqual(none.all('dr_certificate_expiry_timestamp_seconds'), []);
  });

  it('objectives of every resource of the plan', async () => {
    const scrape = await told((sheet) => putObjectives(sheet, plan));
    assert.equal(scrape.value('dr_objective_rpo_seconds', { resource: 'database.shandi' }), 300);
    assert.equal(scrape.value('dr_objective_rto_seconds', { resource: 'service.ai-service' }), 3_600);
    assert.equal(scrape.value('dr_objective_rto_seconds', { resource: 'system' }), 4 * 3_600);
  });
});
