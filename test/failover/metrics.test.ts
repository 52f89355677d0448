/**
 * What the workers tell Prometheus, asked of the workers themselves: backups, archive and replication as they are on real servers; a
 * standby that is stopped is told as gone, and its lag is not told any more. And what their logs say of a run.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { logFile } from '../../scripts/control-plane/state';
import { sdkMetrics } from '../../workers/metrics/catalogue';
import { docker } from '../support/docker';
import { metricsPort } from '../support/names';
import { resultOf } from '../support/runs';
import { Scrape } from '../support/scrape';
import type { Pair } from '../support/pair';
import { usePair } from '../support/use-pair';

describe('what the workers tell of themselves', function () {
  this.timeout(120_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  const seen = (what: string, wanted: (scrape: Scrape) => boolean): Promise<Scrape> =>
    pair.shandi.eventually(what, async () => {
      const scrape = await Scrape.of(metricsPort + 1);
      return wanted(scrape) ? scrape : undefined;
    });

  it('the site worker: backups, archive and replication; a standby that is stopped has no lag any more', async () => {
    const { primary, standby } = await pair.roles();
    const between = { server: primary.service, standby: standby.service };
    const streams = (scrape: Scrape): boolean => scrape.value('dr_replication_streaming', between) === 1;
    const before = Date.now() / 1000;
    await pair.sql(primary, 'SELECT pg_switch_wal()');
    const archived = 'dr_archive_last_archived_timestamp_seconds';
    // A source that was slow once is told as gone, and asked again at the next scrape.
    const answers = (one: Scrape): boolean =>
      ['plan', 'backups', 'certificates', 'sdk'].every((source) =>
        isDeepStrictEqual([...new Set(one.all('dr_up', { source }))], [1]),
      );
    const well = await seen(
      'all is told',
      (one) => answers(one) && streams(one) && (one.value(archived) ?? 0) >= before - 1,
    );
    assert.ok((well.value('dr_backup_last_completed_timestamp_seconds', { type: 'full' }) ?? 0) > before - 86_400);
    assert.ok((well.value('dr_archive_ready_segments') ?? -1) >= 0);
    assert.ok((well.value('dr_replication_lag_bytes', between) ?? -1) >= 0);
    assert.equal(well.value('dr_database_in_recovery', { server: standby.service }), 1);
    assert.equal(well.value('dr_certificate_valid'), 1);
    assert.ok(well.names().includes('temporal_worker_task_slots_available'), 'the metrics of the SDK are beside them');

    const container = docker.getContainer(standby.container);
    await container.stop();
    try {
      const down = { source: 'database', target: standby.service };
      const gone = await seen('it is told as gone', (one) => one.value('dr_up', down) === 0 && !streams(one));
      assert.equal(gone.value('dr_replication_streaming', between), 0);
      assert.deepEqual(gone.all('dr_replication_lag_seconds', between), []);
      assert.deepEqual(gone.all('dr_replication_lag_bytes', between), []);
      assert.deepEqual(gone.all('dr_database_in_recovery', { server: standby.service }), []);
      assert.equal(gone.value('dr_up', { source: 'database', target: primary.service }), 1);
    } finally {
      await container.start();
    }
    await seen('it streams again', streams);
  });

  it('the control worker: its sources, and a run in its log, line by line with its ids', async () => {
    const handle = await pair.shandi.recover({ mode: 'check', target: { kind: 'latest' } });
    await resultOf(handle);
    const scrape = await pair.shandi.eventually('each source of the control worker answers', async () => {
      const one = await Scrape.of(metricsPort);
      const up = ['runs', 'gates', 'reports', 'plan', 'sdk'].every((source) =>
        isDeepStrictEqual(one.all('dr_up', { source }), [1]),
      );
      return up ? one : undefined;
    });
    for (const name of sdkMetrics.filter((one) => !/failed|schedule_to_start/.test(one)))
      assert.ok(scrape.names().includes(name), name);
    const pinned = await pair.shandi.eventually('the line of its first step is written', async () =>
      readFileSync(logFile('control'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}') && line.includes(handle.firstExecutionRunId))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find((one) => one['step'] === 'Pin the plan'),
    );
    assert.deepEqual(
      [pinned['workflowId'], pinned['runId'], pinned['procedure'], pinned['stepState']],
      ['check.database.shandi', handle.firstExecutionRunId, 'pointInTimeRecovery', 'done'],
    );
  });
});
