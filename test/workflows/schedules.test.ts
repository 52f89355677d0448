/**
 * What runs by the clock runs while nobody looks: it must not wait for a person who is not there, must not do twice what one
 * run does already, and must say loudly when it failed.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue, starterType } from '../../workflows/contracts/names';
import type { Scheduled } from '../../workflows/contracts/scheduled';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, resultOf } from '../support/runs';

describe('procedures by the clock', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const backup = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.start('backupDatabase', { kind: 'incremental', ...input }, 'backup.database.shandi');
  const test = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.start('restoreTest', input, 'test.database.shandi');

  describe('backupDatabase', () => {
    it('checks the archive, takes the kind that was asked for, reads it back, and expires nothing', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const { result, view } = await resultOf(await backup());
        assert.match(JSON.stringify(result['backup']), /"label":"20261122-160000F_20261122-163000I"/);
        assert.equal(site.given.get('takeBackup')?.[0]?.['kind'], 'incremental');
        assert.deepEqual(site.calls, ['readRoles', 'archiveCheck', 'takeBackup', 'readBackBackup']);
        assert.equal(view.verdict, 'none');
      });
    });

    it('is taken from the server that is primary now', async () => {
      const site = new FakeSite();
      site.primary = 'postgres-standby';
      await house.with(site, async () => {
        await resultOf(await backup());
        assert.equal((site.given.get('takeBackup')?.[0]?.['database'] as { service: string }).service, site.primary);
      });
    });

    it('no WAL reaches the archive: refused, and no backup is begun', async () => {
      const site = new FakeSite();
      site.fail('archiveCheck', 'DR-ARCHIVE', 'segment 000000010000000000000006 did not arrive');
      await house.with(site, async () => {
        const failure = await failureOf(await backup());
        assert.equal(failure.code, 'DR-ARCHIVE');
        assert.match(failure.message, /did not arrive/);
        assert.equal(site.count('takeBackup'), 0);
      });
    });

    it('it cannot be made: the run ends and is not held, so that the next one can try', async () => {
      const site = new FakeSite();
      site.fail('takeBackup', 'DR-BACKUP-FAILED', 'the repository is full');
      await house.with(site, async () => {
        const failure = await failureOf(await backup());
        assert.equal(failure.code, 'DR-BACKUP-FAILED');
        assert.match(failure.message, /the repository is full/);
      });
    });

    const bad: [string, Record<string, unknown>, RegExp][] = [
      ['its WAL did not arrive', { missingSegments: ['000000010000000000000002'] }, /WAL is not archived: 0000000100/],
      ['it refers to one that is not sound', { brokenReferences: ['20261122-160000F'] }, /refers to 20261122-160000F/],
      ['the repository does not list it', { listed: false }, /does not list it/],
    ];
    for (const [title, more, sentence] of bad)
      it(`${title}: it is none`, async () => {
        const site = new FakeSite();
        const sound = { listed: true, brokenReferences: [], missingSegments: [], segments: 2 };
        site.answer('readBackBackup', () => ({ ...sound, ...more }));
        await house.with(site, async () => {
          const failure = await failureOf(await backup());
          assert.equal(failure.code, 'DR-BACKUP-FAILED');
          assert.match(failure.message, sentence);
        });
      });

    it('told to expire: what the plan does not keep goes, by the policy and on record', async () => {
      const site = new FakeSite();
      const labels = ['20261101-160000F', '20261101-160000F_20261102-160000I'];
      site.answer('outlivedBackups', () => ({ labels, keeps: ['20261122-160000F'] }));
      await house.with(site, async () => {
        const { result, view } = await resultOf(await backup({ kind: 'full', expire: true }));
        assert.deepEqual(result['expired'], labels);
        assert.equal(site.given.get('expireBackups')?.[0]?.['retentionDays'], 14);
        assert.match(view.approvals[0]?.reason ?? '', /policy: the plan keeps full backups for 14 days/);
      });
    });
  });

  describe('restoreTest', () => {
    /** An archive that reaches so far, and a copy that stops at its moment, give or take. */
    const covered = (pastMs: number): FakeSite => {
      const site = new FakeSite();
      site.coverage = { lastReachable: { at: '2026-11-22T16:59:00.000Z', segment: '000000010000000000000005' } };
      site.answer('startCopy', (args) => ({
        container: 'copy',
        volume: 'copy',
        replayLsn: '0/5000000',
        timeline: 1,
        lastCommitAt: new Date(Date.parse((args as { target: { time: string } }).target.time) + pastMs).toISOString(),
        logLine: 'recovery stopping before commit of transaction 900',
        walBytesReplayed: 5e7,
        durationMs: 10,
      }));
      return site;
    };

    it('restores to a moment that the archive covers, judges, and removes the copy', async () => {
      const site = covered(-10);
      await house.with(site, async () => {
        const { result, view } = await resultOf(await test());
        const target = result['target'] as { kind: string; time: string };
        assert.equal(target.kind, 'time');
        assert.ok(target.time >= '2026-11-22T16:01:01.000Z' && target.time < '2026-11-22T16:59:00.000Z', target.time);
        assert.deepEqual((site.given.get('startCopy')?.[0] ?? {})['target'], target);
        assert.equal(site.count('removeCopy'), 1);
        assert.equal(view.verdict, 'met');
        assert.match(JSON.stringify(view.facts), /RTO of tier P1/);
      });
    });

    it('the copy went past its moment: failed', async () => {
      await house.with(covered(10), async () => {
        const failure = await failureOf(await test());
        assert.equal(failure.code, 'DR-TEST-FAILED');
        assert.match(failure.message, /Stands at its target/);
      });
    });

    it('the end of the archive, where that is asked for', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const { result } = await resultOf(await test({ point: 'latest' }));
        assert.deepEqual(result['target'], { kind: 'latest' });
      });
    });

    const bad: [string, FakeSite['inspection'], RegExp][] = [
      [
        'a business query is not as expected',
        { businessQueries: [{ name: 'users', value: 0, expected: 'at least 1', ok: false }] },
        /Business query users: 0, expected at least 1/,
      ],
      ['pages fail their checksums', { checksumFailures: 2 }, /Page checksums: 2 failures/],
      [
        'amcheck did not look',
        { amcheck: { ok: true, checked: false, relations: 0, skipped: [], findings: [], durationMs: 0 } },
        /amcheck did not look/,
      ],
      ['it is empty', { tables: [] }, /Rows: 0 in 0 tables/],
    ];
    for (const [title, inspection, sentence] of bad)
      it(`${title}: failed, not held, and the copy is gone`, async () => {
        const site = new FakeSite();
        site.inspection = inspection;
        await house.with(site, async () => {
          const failure = await failureOf(await test());
          assert.equal(failure.code, 'DR-TEST-FAILED');
          assert.match(failure.message, sentence);
          assert.equal(site.count('removeCopy'), 1);
        });
      });
  });

  describe('startScheduled', () => {
    let count = 0;
    const begin = (more: Record<string, unknown> = {}): Promise<WorkflowHandle> => {
      const input = { database: 'shandi', kind: 'incremental', reason: 'test', by: 'schedule test' };
      const start = { schedule: 'test', procedure: 'backupDatabase', workflowId: 'backup.database.shandi', input };
      return house.client.workflow.start(starterType, {
        taskQueue: controlQueue,
        workflowId: `schedule.test-${(count += 1)}`,
        args: [{ ...start, ...more }],
      });
    };
    const said = async (handle: WorkflowHandle): Promise<Scheduled> => (await handle.result()) as Scheduled;

    it('starts the procedure under its lock, and says how it ended', async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const result = await said(await begin());
        assert.equal(result.outcome, 'completed');
        assert.equal(result.verdict, 'none');
        assert.equal(result.report, 'y');
        assert.equal(site.count('takeBackup'), 1);
      });
    });

    it('another run has the lock: nothing is started, and that is recorded', async () => {
      const site = new FakeSite();
      site.delays.set('takeBackup', 2_000);
      await house.with(site, async () => {
        const first = await backup();
        const result = await said(await begin());
        assert.deepEqual(
          [result.outcome, result.says],
          ['skipped', 'skipped: another run has the lock backup.database.shandi'],
        );
        await resultOf(first);
        assert.equal(site.count('takeBackup'), 1);
      });
    });

    it('the procedure fails: so does it, with the reason', async () => {
      const site = new FakeSite();
      site.fail('archiveCheck', 'DR-ARCHIVE', 'nothing arrives');
      await house.with(site, async () => {
        const failure = await failureOf(await begin());
        assert.equal(failure.code, 'DR-SCHEDULED');
        assert.match(failure.message, /backup\.database\.shandi .*nothing arrives.*DR-ARCHIVE/);
      });
    });

    it('a test fails: the evidence is that of its own run, whoever has the id by then', async () => {
      const site = new FakeSite();
      site.inspection = { businessQueries: [{ name: 'users', value: 0, expected: 'at least 1', ok: false }] };
      const asked: { runId?: string }[] = [];
      const people = site.people.activities();
      const exportEvidence = (given: { runId?: string }): Promise<object> => {
        asked.push(given);
        return Promise.resolve({ path: 'p', head: 'h' });
      };
      site.people.activities = () => ({ ...people, exportEvidence });
      await house.with(site, async () => {
        const [procedure, workflowId] = ['restoreTest', 'test.database.shandi'];
        const input = { database: 'shandi', reason: 'test', by: 'schedule test' };
        const failure = await failureOf(await begin({ procedure, workflowId, input }));
        assert.match(failure.message, /DR-TEST-FAILED\); evidence bundle p, head h/);
        const { runId } = await house.client.workflow.getHandle(workflowId).describe();
        assert.deepEqual(
          asked.map((one) => one.runId),
          [runId],
        );
      });
    });

    it('its window is over: it fails, and the procedure goes on', async () => {
      const site = new FakeSite();
      site.delays.set('takeBackup', 2_000);
      await house.with(site, async () => {
        const failure = await failureOf(await begin({ windowMs: 500 }));
        assert.equal(failure.code, 'DR-SCHEDULED');
        assert.match(failure.message, /did not end within the 500 ms/);
        await resultOf(house.client.workflow.getHandle('backup.database.shandi'));
        assert.equal(site.count('takeBackup'), 1);
      });
    });

    it('a procedure that there is not: refused', async () => {
      await house.with(new FakeSite(), async () => {
        const failure = await failureOf(await begin({ procedure: 'dropEverything' }));
        assert.equal(failure.code, 'DR-INPUT');
      });
    });
  });
});
