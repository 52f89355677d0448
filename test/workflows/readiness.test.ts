import assert from 'node:assert/strict';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { controlQueue, starterType } from '../../workflows/contracts/names';
import type { ReadinessItem, ReadinessResult } from '../../workflows/contracts/readiness';
import type { Report } from '../../workflows/contracts/run-view';
import { headline } from '../../workflows/contracts/words';
import { makeReady } from '../support/fake-readiness';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { useOwnHome } from '../support/own-home';
import { failureOf, resultOf } from '../support/runs';

const sites = ['primary', 'backup'];

describe('readiness: everything is looked at at once, and what is missing is named', function () {
  this.timeout(60_000);
  let house: House;
  useOwnHome();
  before(async () => (house = await House.open()));
  after(() => house.close());

  const start = (input: Record<string, unknown> = {}): Promise<WorkflowHandleWithFirstExecutionRunId> =>
    house.client.workflow.start('readinessCheck', {
      taskQueue: controlQueue,
      workflowId: 'check.readiness',
      args: [{ reason: 'test', by: 'tester', ...input }],
    });
  const platform = (): FakeSite => {
    const site = new FakeSite();
    makeReady(site);
    return site;
  };
  const readinessOf = ({ result }: Report): ReadinessResult => result as unknown as ReadinessResult;
  const failed = (report: Report): ReadinessItem[] =>
    readinessOf(report).items.filter(({ state }) => state === 'failed');

  it('all is there: ready; nothing was changed, and nobody was asked', async () => {
    const site = platform();
    await house.with(
      site,
      async () => {
        const report = await resultOf(await start());
        assert.deepEqual(failed(report), []);
        assert.equal(readinessOf(report).ready, true);
        assert.deepEqual([report.view.problems, report.view.gates, site.approvals], [[], [], []]);
        assert.match(headline(report.view).sentence, /^Ready: of \d+ things 0 not ready, \d+ warnings\.$/);
        assert.equal(site.given.get('archiveCheck')?.[0]?.['deadlineMs'], 10_000);
        const proofs = readinessOf(report).proofs;
        assert.ok(proofs.length > 20 && proofs.every(({ state }) => state === 'never'));
      },
      sites,
    );
  });

  it('archiving is stuck, the standby is down, the certificate is over: each by name, and the run goes through', async () => {
    const site = platform();
    site.damaged = {
      archive: { mode: 'on', lastFailedAt: new Date().toISOString(), failedCount: 3, ready: 4, oldestReadyMs: 600_000 },
    };
    site.servers.set('postgres-standby', { answered: false, problem: 'its container is not running (exit code 137)' });
    site.configuration.found = { certificates: [], problem: 'the certificate expired' };
    await house.with(
      site,
      async () => {
        const report = await resultOf(await start());
        assert.deepEqual(
          failed(report)
            .map(({ name }) => name)
            .sort(),
          ['archiving of shandi', 'certificate of api.theshandi.com', 'postgres-standby of shandi'],
        );
        const [problem] = report.view.problems;
        assert.equal(problem?.code, 'DR-NOT-READY');
        assert.match(
          problem.message,
          /archiving is stuck: the last try failed.*exit code 137.*the certificate expired/,
        );
        assert.match(problem.next ?? '', /\.\/dr reprotect shandi --member postgres-standby/);
        assert.equal(site.count('archiveCheck'), 0, 'the figures leave no doubt: nothing is waited for');
        assert.match(headline(report.view).sentence, /^Not ready: of \d+ things 3 not ready/);
      },
      sites,
    );
  });

  it('what cannot be asked is not known, and so not ready; everything else is judged all the same', async () => {
    const site = platform();
    site.fail('listStoreBackups', 'DR-TOOL', 'the directory cannot be read: EACCES');
    site.fail('inspectRepository', 'DR-SECRET', 'the pass phrase does not open it');
    site.fail('archiveCheck', 'DR-ARCHIVE', 'the segment did not arrive');
    await house.with(
      site,
      async () => {
        const items = failed(await resultOf(await start()));
        assert.deepEqual(items.map(({ name }) => name).sort(), [
          'archiving of shandi',
          'backup of store redis',
          'full backup of shandi',
          'incremental backup of shandi',
          'restorable window of shandi',
        ]);
        const says = items.map((item) => item.says).join(' ');
        assert.match(says, /the pass phrase does not open it/);
        assert.match(says, /EACCES/);
      },
      sites,
    );
  });

  it('after a failover the new primary is looked at, and the old one as a standby', async () => {
    const site = platform();
    site.primary = 'postgres-standby';
    site.servers.set('postgres', { inRecovery: true, receiver: 'streaming' });
    site.servers.set('postgres-standby', { inRecovery: false });
    await house.with(
      site,
      async () => {
        const { items } = readinessOf(await resultOf(await start()));
        assert.ok(items.some(({ name, state }) => name === 'postgres of shandi' && state === 'ok'));
        const asked = site.given.get('readDatabase')?.[0]?.['database'] as { service: string };
        assert.equal(asked.service, 'postgres-standby');
      },
      sites,
    );
  });

  it('a site whose worker is away: named, within the time a look is given', async () => {
    await house.with(platform(), async () => {
      const items = failed(await resultOf(await start()));
      assert.ok(items.some(({ name }) => name === 'site backup'));
    });
  });

  it('by the clock: what is not ready does not look well in the list of schedules', async () => {
    const site = platform();
    site.readiness.access = { secrets: [{ what: 'password', problem: 'it is empty' }], paths: [] };
    await house.with(
      site,
      async () => {
        const handle = await house.client.workflow.start(starterType, {
          taskQueue: controlQueue,
          workflowId: 'schedule.daily-readiness-check',
          args: [
            {
              schedule: 'daily-readiness-check',
              procedure: 'readinessCheck',
              workflowId: 'check.readiness',
              input: { reason: 'test', by: 'schedule' },
            },
          ],
        });
        const { code, message } = await failureOf(handle);
        assert.equal(code, 'DR-SCHEDULED');
        assert.match(
          message,
          /check\.readiness of schedule daily-readiness-check: secrets of site .*it is empty \(DR-NOT-READY\)/,
        );
      },
      sites,
    );
  });

  it('another site serves: that one is looked at, and an item says so', async () => {
    const site = platform();
    site.servedBy('backup-postgres');
    site.servers.set('backup-postgres', { site: 'backup' });
    await house.with(
      site,
      async () => {
        const { items } = readinessOf(await resultOf(await start()));
        const [serves] = items.filter(({ name }) => name === 'site backup serves');
        assert.equal(serves?.state, 'warning');
        assert.match(serves.says, /backup-postgres at site backup takes writes, on timeline 2/);
        const asked = site.given
          .get('readDatabase')
          ?.map((one) => [(one['site'] as { name: string }).name, (one['database'] as { service: string }).service]);
        assert.deepEqual(asked, [['backup', 'backup-postgres']]);
      },
      sites,
    );
  });

  it('a wrong word in the input is refused before anything is looked at', async () => {
    const site = platform();
    await house.with(
      site,
      async () => {
        assert.match((await failureOf(await start({ database: 'shandi' }))).message, /database/);
        assert.deepEqual(site.calls, []);
      },
      sites,
    );
  });
});
