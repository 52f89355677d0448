/**
 * The old primary comes back: its restart policy starts it, a person types `docker start`, another one `docker compose up -d`.
 * After a failover it must come up as a standby at most, whoever starts it and however; not one write may land on it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../activities/shared/paths';
import { docker } from '../support/docker';
import { project } from '../support/names';
import { failoverResult, withFailover, type Pair, type Server } from '../support/pair';
import { resultOf } from '../support/runs';
import { usePair } from '../support/use-pair';

describe('old primary comes back', function () {
  this.timeout(180_000);
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  /** A failover after which nobody rebuilds the old primary. */
  const givenUp = async (): Promise<{ old: Server; timeline: number }> => {
    await pair.plan((plan) => withFailover(plan, { reprotect: false, minimumInterval: 0 }));
    await pair.guard();
    await pair.startLedger();
    const { primary } = await pair.roles();
    const timeline = await pair.timeline(primary);
    const former = await pair.latest();
    await pair.kill(primary);
    assert.equal((await resultOf(await pair.nextRun('databaseFailover', former?.runId))).view.verdict, 'met');
    return { old: primary, timeline };
  };

  const takesNothing = async ({ old, timeline }: { old: Server; timeline: number }): Promise<void> => {
    assert.equal(await pair.writesTaken(old, timeline, 4_000), 0, `${old.service} took writes`);
    const { State } = await docker.getContainer(old.container).inspect();
    if (State.Running) assert.ok(await pair.inRecovery(old), 'it runs, and only as a standby');
    assert.deepEqual((await pair.verdict()).missing, []);
  };

  it('a person runs docker start: it is read-only', async () => {
    const given = await givenUp();
    await docker.getContainer(given.old.container).start();
    await takesNothing(given);
  });

  it('a person runs docker compose up -d: it is read-only, and the clients stay where they are', async () => {
    const given = await givenUp();
    const { primary } = await pair.roles();
    const state = join(root(), 'platform', 'state', project, '.env');
    const file = join(root(), 'platform', 'compose', 'docker-compose.prod.yml');
    const up = spawnSync('docker', ['compose', '-p', project, '-f', file, '--env-file', state, 'up', '-d'], {
      encoding: 'utf8',
    });
    assert.equal(up.status, 0, up.stderr);
    await takesNothing(given);
    assert.equal((await pair.roles()).primary.service, primary.service);
  });

  it('its restart policy is quicker than the guard: one of both serves, never two, and no row is lost', async () => {
    await pair.guard();
    await pair.startLedger();
    const before = await pair.roles();
    const timeline = await pair.timeline(before.primary);
    await pair.crash(before.primary);

    // Either it is back in its place before anybody acted, or it was given up; then it must take no write any more.
    await pair.guardSays('it has seen the end', (view) => view.timeline.some((one) => /seen from/.test(one.text)));
    await pair.quiet();
    const { primary } = await pair.roles();
    if (primary.service !== before.primary.service)
      assert.equal(await pair.writesTaken(before.primary, timeline), 0, `${before.primary.service} took writes`);
    else assert.equal(await pair.timeline(primary), timeline, 'it was not promoted');
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('where the plan gives its restart policy time, it is waited for and nothing is promoted', async () => {
    await pair.plan((plan) => withFailover(plan, { restartBudget: 20_000, minimumInterval: 0 }));
    await pair.guard();
    await pair.startLedger();
    const before = await pair.roles();
    const former = await pair.latest();
    await pair.crash(before.primary);
    await pair.guardSays('it came back', (view) =>
      view.timeline.some((one) => /came back in its place/.test(one.text)),
    );
    await pair.quiet();
    assert.equal((await pair.roles()).primary.service, before.primary.service);
    assert.equal((await pair.latest())?.runId, former?.runId, 'no failover was started');
    assert.deepEqual((await pair.verdict()).missing, []);
  });

  it('the report of the failover says that it was stopped and marked', async () => {
    await pair.guard();
    const { primary } = await pair.roles();
    const former = await pair.latest();
    await pair.kill(primary);
    const report = await resultOf(await pair.nextRun('databaseFailover', former?.runId));
    assert.equal(failoverResult(report).fence?.restartPolicy, 'no');
    assert.ok(report.view.timeline.some((one) => /standby\.signal is in its data directory/.test(one.text)));
  });
});
