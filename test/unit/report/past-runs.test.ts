import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPlan, keptHashes, keptPlan } from '../../../activities/evidence/kept-plans';
import { readPastRuns } from '../../../activities/evidence/past-runs';
import { pinPlan } from '../../../activities/evidence/pin-plan';
import { readPast } from '../../../activities/evidence/read-past';
import { timesOf } from '../../../activities/evidence/run-times';
import { evidenceFolder, root } from '../../../activities/shared/paths';
import type { Report } from '../../../workflows/contracts/run-view';
import { pastRun } from '../readiness/facts';
import { sampleReport } from '../../fixtures/run-view';

describe('what earlier runs left behind', () => {
  let home: string;
  let before: string | undefined;
  beforeEach(() => {
    before = process.env['DR_HOME'];
    process.env['DR_HOME'] = home = mkdtempSync(join(tmpdir(), 'dr-past-'));
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });

  let written = 0;
  /** A report as a run leaves it. */
  function leave(changed: Partial<Report['view']>, result: Record<string, unknown> = {}): void {
    const runId = `0199aaaa-0000-7000-8000-${String((written += 1)).padStart(12, '0')}`;
    const view = { ...sampleReport.view, runId, ...changed };
    const folder = evidenceFolder(view.workflowId, view.runId);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'report.json');
    writeFileSync(path, JSON.stringify({ view, result }));
    // Files of one millisecond have no order.
    utimesSync(path, written, written);
  }

  it('a run is known by its report, and one that cannot be read by nobody', async () => {
    leave({});
    leave({ workflowId: 'test.system' });
    writeFileSync(
      join(
        evidenceFolder('test.system', `0199aaaa-0000-7000-8000-${String(written).padStart(12, '0')}`),
        'report.json',
      ),
      '{"view":',
    );
    const runs = await readPastRuns();
    assert.deepEqual(
      runs.map(({ procedure, resource, drill, verdict }) => [procedure, resource, drill, verdict]),
      [['pointInTimeRecovery', 'database.shandi', false, sampleReport.view.verdict]],
    );
  });

  it('a run of a drill is known by what it stands for; runs that prove nothing are passed over', async () => {
    leave({ workflowId: 'drill.recover.database.shandi', resource: 'drill.database.shandi' });
    leave({ workflowId: 'guard.database.shandi' });
    leave({ workflowId: 'check.readiness' });
    const runs = await readPastRuns();
    assert.deepEqual(
      runs.map(({ resource, drill }) => [resource, drill]),
      [['database.shandi', true]],
    );
  });

  it('a recovery of the whole system is remembered with whether everything was down', async () => {
    const found = (value: string) => [{ title: 'What was found', facts: [{ label: 'Containers', value }] }];
    const run = { procedure: 'fullSystemRecovery', resource: 'system', workflowId: 'recover.system' };
    leave({ ...run, facts: found('none of them runs') });
    leave({ ...run, facts: found('19 of 20 run') });
    assert.deepEqual(
      (await readPastRuns()).map(({ allDown }) => allDown),
      [undefined, true],
    );
  });

  it('a test of a scenario is known by the scenario, also where it failed and has no result', async () => {
    const test = { procedure: 'scenarioTest', resource: 'system', workflowId: 'test.system' };
    leave({ ...test, summary: 'test of scenario service-outage: why: not (tester)', state: 'aborted' });
    leave({ ...test, summary: 'test of scenario database-failure: why (tester)' }, { scenario: 'database-failure' });
    assert.deepEqual(
      (await readPastRuns()).map(({ scenario }) => scenario),
      ['database-failure', 'service-outage'],
    );
  });

  it('of many runs of one id the newest are read; messages of all incidents count as one', async () => {
    for (let at = 0; at < 25; at += 1) leave({ summary: String(at) });
    for (let at = 0; at < 25; at += 1) leave({ workflowId: `notify.incident-${at}.update`, procedure: 'notifyPeople' });
    const runs = await readPastRuns();
    const of = (procedure: string) => runs.filter((one) => one.procedure === procedure);
    assert.deepEqual([of('pointInTimeRecovery').length, of('notifyPeople').length], [20, 20]);
    assert.ok(of('notifyPeople').some(({ workflowId }) => workflowId === 'notify.incident-24.update'));
  });

  it('of procedures that share an id each has its own newest, and refusals take nobody’s place', async () => {
    const test = { resource: 'system', workflowId: 'test.system' };
    leave({ ...test, procedure: 'quarterlyRecoveryTest' });
    for (let at = 0; at < 25; at += 1) leave({ ...test, procedure: 'monthlyRecoveryTest' });
    for (let at = 0; at < 25; at += 1) leave({ ...test, procedure: 'monthlyRecoveryTest', state: 'refused' });
    const runs = await readPastRuns();
    const of = (procedure: string, refused: boolean) =>
      runs.filter((one) => one.procedure === procedure && (one.state === 'refused') === refused).length;
    assert.deepEqual([of('quarterlyRecoveryTest', false), of('monthlyRecoveryTest', false)], [1, 20]);
  });

  it('what a channel took is remembered, by its newest message', async () => {
    const took = (at: string) => [{ channel: 'email', target: 'a@b.c', state: 'accepted', attempts: 1, at }];
    const failed = { channel: 'sms', target: '+1', state: 'failed', attempts: 8, at: '2026-11-20T00:00:00.000Z' };
    leave(
      { workflowId: 'notify.a.update', procedure: 'notifyPeople' },
      { deliveries: [...took('2026-11-20T00:00:00.000Z'), failed] },
    );
    leave(
      { workflowId: 'notify.b.update', procedure: 'notifyPeople' },
      { deliveries: took('2026-11-19T00:00:00.000Z') },
    );
    const { plan } = await pinPlan({});
    const { told, unwritable } = await readPast({ plan, at: '2026-11-22T17:00:00.000Z' });
    assert.deepEqual([told, unwritable], [{ 'email a@b.c': '2026-11-20T00:00:00.000Z' }, undefined]);
  });

  it('the plan that a run pins is kept by its hash; a proof under it holds until the plan says otherwise', async () => {
    const { hash, version, name, plan } = await pinPlan({});
    assert.deepEqual(await keptPlan(hash), plan);
    assert.deepEqual(await keptHashes(), [hash]);
    leave({
      plan: { hash, version, name },
      endedAt: '2026-11-22T16:00:00.000Z',
      state: 'completed',
      verdict: 'met',
      mode: 'recover',
    });
    const stateOf = async (now: typeof plan): Promise<string | undefined> =>
      (await readPast({ plan: now, at: '2026-11-22T17:00:00.000Z' })).proofs.find(
        ({ claim }) => claim === 'database.shandi.pointInTimeRecovery',
      )?.state;
    assert.equal(await stateOf(plan), 'verified');
    const edited = structuredClone(plan);
    edited.databases[0]!.dataDirectory = '/elsewhere';
    assert.equal(await stateOf(edited), 'stale');
    rmSync(join(home, 'plans'), { recursive: true });
    assert.equal(await stateOf(plan), 'stale');
  });

  it('a plan is kept as it was written, and a name that is no hash is no file', async () => {
    const text = readFileSync(join(root(), 'plan', 'shandi.yaml'), 'utf8');
    await keepPlan('../evil', text);
    await keepPlan('a'.repeat(64), text);
    await keepPlan('a'.repeat(64), 'another');
    assert.equal(readFileSync(join(home, 'plans', `${'a'.repeat(64)}.yaml`), 'utf8'), text);
    assert.equal(await keptPlan('../../plan/shandi'), undefined);
  });

  it('times are those of runs that proved something, the newest ten', () => {
    const runs = Array.from({ length: 12 }, (_one, at) =>
      pastRun({ achievedRto: at, drill: at === 11, endedAt: new Date(at * 1000).toISOString() }),
    );
    const failed = pastRun({ state: 'failed', verdict: 'none', achievedRto: 99 });
    const [times, ...others] = timesOf([...runs, failed]);
    assert.deepEqual(others, []);
    assert.deepEqual([times?.achieved[0], times?.achieved.length, times?.drills], [11, 10, 1]);
  });
});
