import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { evidenceFolder } from '../../activities/shared/paths';
import { controlQueue } from '../../workflows/contracts/names';
import { lastPeriod } from '../../workflows/contracts/period';
import type { PeriodicReport } from '../../workflows/contracts/periodic';
import { sampleReport, sampleView } from '../fixtures/run-view';
import { FakeSite } from '../support/fake-site';
import { lesson, recovered } from '../support/fake-periodic';
import { House } from '../support/house';
import { configured, usePlan, withChannels } from '../support/people-plan';
import { failureOf, resultOf } from '../support/runs';

/** The server's lists lag behind by a moment. */
async function listed(client: Client, query: string, wanted: number): Promise<void> {
  while ((await client.workflow.count(query)).count < wanted) await sleep(30);
}

describe('report of a period: facts of runs, observers and backups; nobody holds it up', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('periodicReport', {
      taskQueue: controlQueue,
      workflowId: `report.${String(input['kind'] ?? 'monthly')}`,
      args: [{ kind: 'monthly', reason: 'test', by: 'tester', ...input }],
    });
  // Both sites have a worker: what is away is waited for.
  const inHouse = <T>(site: FakeSite, act: () => Promise<T>): Promise<T> =>
    house.with(site, act, ['primary', 'backup']);
  const texts = ({ findings }: PeriodicReport): string =>
    findings.map(({ tone, text }) => `${tone} ${text}`).join('\n');

  it('a month with a recovery: its figures, its trend, and the report that was written', async () => {
    const site = new FakeSite();
    site.periodic.up = 0.99;
    site.periodic.runs = {
      runs: [recovered('2026-09-10T12:00:00.000Z'), recovered('2026-10-10T12:00:00.000Z', { achievedRto: 1_200_000 })],
    };
    await inHouse(site, async () => {
      const { result, view } = await resultOf(await start({ period: '2026-10' }));
      const report = result as unknown as PeriodicReport;
      assert.deepEqual([report.recoveries.ended, report.recoveries.time?.mean], [1, 1_200_000]);
      assert.deepEqual(
        report.trend.slice(-2).map(({ period, recoveries }) => [period, recoveries.time?.mean]),
        [
          ['2026-09', 600_000],
          ['2026-10', 1_200_000],
        ],
      );
      assert.equal(site.periodic.asked[0]?.from, '2025-11-01T00:00:00.000Z');
      assert.equal(report.facts.availability[0]?.known.at(-1)?.period, '2026-10');
      assert.deepEqual(site.periodic.written, [report]);
      assert.equal(view.evidence[0]?.path, 'evidence/x.html');
      assert.equal(site.people.told.length, 0, 'nobody is told who was not to be');
    });
  });

  it('another site serves: its backups are looked at, and a finding says so', async () => {
    const site = new FakeSite();
    site.servedBy('backup-postgres');
    site.primary = 'backup-postgres';
    site.servers.set('backup-postgres', { site: 'backup' });
    await inHouse(site, async () => {
      const report = (await resultOf(await start())).result as unknown as PeriodicReport;
      assert.match(texts(report), /warn Site backup serves, and was looked at: backup-postgres at site backup takes/);
      const asked = site.given.get('keptInRepository')?.map((one) => (one['site'] as { name: string }).name);
      assert.deepEqual(asked, ['backup']);
    });
  });

  it('nothing has run and nobody has watched: it says so, of the newest month that is over', async () => {
    const site = new FakeSite();
    await inHouse(site, async () => {
      const report = (await resultOf(await start())).result as unknown as PeriodicReport;
      assert.equal(report.period.name, lastPeriod('monthly', Date.now()).name);
      assert.match(texts(report), /good No recovery was run/);
      assert.match(texts(report), /nobody watched it/);
      assert.match(texts(report), /warn No recovery test ended: nothing was proven/);
      assert.match(texts(report), /bad There is no backup of database shandi/);
    });
  });

  it('what does not answer is said, and the report is written all the same', async () => {
    const site = new FakeSite();
    site.periodic.silent.add('askServer').add('compareCompose');
    site.fail('keptInRepository', 'DR-NO-BACKUP', 'there is no stanza', 2);
    site.fail('readAvailability', 'DR-ENGINE', 'the disk is gone', 2);
    await inHouse(site, async () => {
      const report = (await resultOf(await start())).result as unknown as PeriodicReport;
      assert.match(texts(report), /the Temporal server: askServer is silent/);
      assert.match(texts(report), /backups of database shandi: there is no stanza/);
      assert.match(texts(report), /observers of site primary saw of database shandi: the disk is gone/);
      assert.equal(report.facts.server, undefined);
      assert.equal(site.periodic.written.length, 1);
    });
  });

  it('the daily one looks at the platform, and names what is not well', async () => {
    const site = new FakeSite();
    await inHouse(site, async () => {
      const report = (await resultOf(await start({ kind: 'daily' }))).result as unknown as PeriodicReport;
      assert.equal(report.facts.health?.services.length, 15);
      assert.match(texts(report), /bad Not well when it was looked at: /);
    });
    await inHouse(site, async () => {
      const old = (await resultOf(await start({ kind: 'daily', period: '2026-01-01' })))
        .result as unknown as PeriodicReport;
      assert.equal(old.facts.health, undefined, 'what is seen now says nothing of January');
    });
  });

  it('a failed test and a changed plan are reasons to look at the plan', async () => {
    const site = new FakeSite();
    const marks = { planHash: 'x', planVersion: '0', contacts: {}, services: [], infrastructure: {} };
    site.periodic.runs = {
      runs: [recovered('2026-10-01T06:00:00.000Z', { role: 'test', procedure: 'restoreTest', state: 'aborted' })],
      before: { workflowId: 'report.daily', madeAt: '2026-10-31T07:00:00.000Z', marks },
    };
    site.periodic.compose = { differences: ['the file has the service x'], more: 0, notes: [] };
    await inHouse(site, async () => {
      const { triggers } = (await resultOf(await start({ period: '2026-10' }))).result as unknown as PeriodicReport;
      const kinds = new Set(triggers.map(({ kind }) => kind));
      assert.deepEqual([...kinds], ['service', 'contact', 'infrastructure', 'compose', 'test']);
    });
  });

  it('is sent by the channels of the plan; one that is dead fails nothing', async () => {
    const restore = await usePlan(
      withChannels({ ...configured, delivery: { attempts: 2, firstPause: 10, longestPause: 10 } }),
    );
    try {
      const site = new FakeSite();
      site.people.refusing.add('sendEmail');
      await inHouse(site, async () => {
        const { view } = await resultOf(await start({ send: true, period: '2026-10' }));
        assert.equal(view.state, 'completed');
        const sent = view.facts.find(({ title }) => title === 'Sent')?.facts[0]?.value ?? '';
        assert.match(sent, /email failed, sms accepted, slack sent, webhook sent/);
        assert.match(String(site.people.by('postSlack', 'text')[0]), /Recovery test results, 2026-10/);
        assert.deepEqual(view.problems, []);
      });
    } finally {
      restore();
    }
  });

  it('with no channel alive the report is there, and says that nobody has it', async () => {
    const restore = await usePlan(
      withChannels({ ...configured, delivery: { attempts: 1, firstPause: 10, longestPause: 10 } }),
    );
    try {
      const site = new FakeSite();
      for (const channel of ['sendEmail', 'sendSms', 'postSlack', 'callWebhook'] as const)
        site.people.refusing.add(channel);
      await inHouse(site, async () => {
        const { view } = await resultOf(await start({ send: true }));
        assert.equal(view.state, 'completed');
        assert.match(view.problems[0]?.message ?? '', /no channel took the monthly report/);
        assert.equal(site.periodic.written.length, 1);
      });
    } finally {
      restore();
    }
  });

  it('a plan without servers or accounts tells nobody, and that is no problem', async () => {
    const site = new FakeSite();
    await inHouse(site, async () => {
      const { view } = await resultOf(await start({ send: true }));
      assert.deepEqual(view.problems, []);
      assert.match(view.facts.find(({ title }) => title === 'Sent')?.facts[0]?.value ?? '', /no channel is configured/);
    });
  });

  it('lists what is open, and what it finds itself', async () => {
    const site = new FakeSite();
    site.periodic.tasks = [lesson, { ...lesson, key: 'done', closed: { by: 'x', reason: 'y', at: lesson.openedAt } }];
    site.periodic.compose = { differences: ['the file has the service x'], more: 0, notes: [] };
    await inHouse(site, async () => {
      const report = (await resultOf(await start())).result as unknown as PeriodicReport;
      assert.deepEqual(
        report.tasks.map(({ what }) => what),
        [lesson.what, 'the plan must be looked at because the file has the service x'],
      );
    });
  });

  it('end to end with the real activities: what the server and the reports know, and the files that are written', async () => {
    const site = new FakeSite();
    site.periodic.real = true;
    const home = process.env['DR_HOME'] ?? '';
    const year = String(new Date().getUTCFullYear());
    const { client } = house;
    await client.schedule.create({
      scheduleId: 'dr.nightly',
      spec: { calendars: [{ year: 2099 }] },
      action: { type: 'startWorkflow', workflowType: 'startScheduled', taskQueue: controlQueue, args: [{}] },
    });
    await inHouse(site, async () => {
      const input = { task: 'nothing', reason: 'test', by: 'tester' };
      const starter = await client.workflow.start('startScheduled', {
        taskQueue: controlQueue,
        workflowId: 'schedule.nightly-2026-11-28T00:00:00Z',
        args: [{ schedule: 'nightly', procedure: 'closeTask', workflowId: 'task.nothing', input }],
      });
      assert.equal((await failureOf(starter)).code, 'DR-SCHEDULED');
      const folder = evidenceFolder('recover.database.shandi', '00000000-run');
      mkdirSync(folder, { recursive: true });
      const endedAt = new Date().toISOString();
      writeFileSync(join(folder, 'report.json'), JSON.stringify({ ...sampleReport, view: { ...sampleView, endedAt } }));
      await listed(client, "ExecutionStatus = 'Failed' AND WorkflowType IN ('startScheduled', 'closeTask')", 2);

      const { result, view } = await resultOf(await start({ kind: 'annual', period: year }));
      const report = result as unknown as PeriodicReport;
      assert.deepEqual(report.facts.server?.schedules, [
        { name: 'nightly', paused: false, completed: 0, failed: 1, skippedOverlap: 0, missed: 0 },
      ]);
      assert.ok(report.facts.server?.unreported.includes('task.nothing (failed)'));
      assert.deepEqual(
        report.runs.map(({ procedure, achievedRto }) => [procedure, achievedRto]),
        [['pointInTimeRecovery', sampleView.objectives?.achievedRto]],
      );
      assert.deepEqual(
        view.evidence.map(({ path }) => path.split('.').at(-1)),
        ['html', 'md', 'json'],
      );
      for (const { path, sha256 } of view.evidence)
        assert.equal(
          createHash('sha256')
            .update(readFileSync(join(home, path)))
            .digest('hex'),
          sha256,
        );
      assert.match(
        readFileSync(join(home, view.evidence[1]?.path ?? ''), 'utf8'),
        /^# Annual review of the plan, \d{4} so far/,
      );
    });
  });

  describe('a task', () => {
    const close = (task: string): Promise<WorkflowHandleWithFirstExecutionRunId> =>
      house.client.workflow.start('closeTask', {
        taskQueue: controlQueue,
        workflowId: `task.${task}`,
        args: [{ task, reason: 'the alert is in place', by: 'on-call' }],
      });
    it('is closed by a run, whose report is the record', async () => {
      const site = new FakeSite();
      site.periodic.tasks = [lesson];
      await inHouse(site, async () => {
        const { result } = await resultOf(await close(lesson.key));
        assert.deepEqual([result['task'], result['by'], result['what']], [lesson.key, 'on-call', lesson.what]);
      });
    });
    it('that is not open is refused, with those that are', async () => {
      const site = new FakeSite();
      site.periodic.tasks = [lesson, { ...lesson, key: 'done', closed: { by: 'x', reason: 'y', at: lesson.openedAt } }];
      await inHouse(site, async () => {
        assert.match((await failureOf(await close('done'))).message, /is done; open are: 2026-11-22-orders-1/);
      });
    });
  });

  it('a period that has not begun is refused; one that is not over is told so far', async () => {
    const site = new FakeSite();
    await inHouse(site, async () => {
      assert.match((await failureOf(await start({ period: '2999-01' }))).message, /period of the input is 2999-01/);
      const year = String(new Date().getUTCFullYear());
      const report = (await resultOf(await start({ kind: 'annual', period: year })))
        .result as unknown as PeriodicReport;
      assert.equal(report.soFar, true);
    });
  });
});
