import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { Report, RunView } from '../../workflows/contracts/run-view';
import { container, FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

const seenAt = '2026-11-22T17:00:00.000Z';
const sighting = { verdict: 'died', reasons: ['primary: engine ok (its container has exited with 137)'], seenAt };

/** A site whose primary is lost: its engine tells of it, its standby has everything. */
function bereft(change: Partial<Parameters<FakeSite['servers']['set']>[1]> = {}): FakeSite {
  const site = new FakeSite();
  site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 137)', ...change });
  return site;
}

/** What touched something: everything but looks. */
const looks = new Set(['readRoles', 'lastSample', 'surveyServer']);
const touched = (site: FakeSite): string[] => site.calls.filter((name) => !looks.has(name));

const inOrder = (site: FakeSite, ...names: string[]): void => {
  const places = names.map((name) => site.calls.indexOf(name));
  assert.ok(!places.includes(-1), `${names[places.indexOf(-1)]} was not done: ${site.calls.join(' ')}`);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
    site.calls.join(' '),
  );
};

describe('failover: who decides, what is proven, and what is undone', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'Primary On-Call', reason: 'power is off' };
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const fail = (input: Record<string, unknown> = {}) => house.start('databaseFailover', { sighting, ...input });
  const view = (handle: WorkflowHandle): Promise<RunView> => handle.query<RunView>('run');
  const resultFields = (report: Report): Record<string, unknown> => report.result;
  /** The gate of that name once it is open. */
  const openGate = async (handle: WorkflowHandle, name: string): Promise<RunView> => {
    for (;;) {
      const now = await until(handle, 'waiting-approval');
      if (now.gates.some((one) => one.name === name && one.state === 'open')) return now;
    }
  };

  it('nothing is in doubt: the policy answers, the old primary is fenced before anything is promoted', async () => {
    const site = bereft();
    await house.with(site, async () => {
      const handle = await fail();
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      const [approval] = report.view.approvals;
      assert.deepEqual([approval?.gate, approval?.via, approval?.by], ['promote', 'policy', 'policy']);
      assert.match(approval?.reason ?? '', /at most 400 ms is lost, 5 min is allowed/);
      inOrder(
        site,
        'haltServer',
        'proveFence',
        'promoteStandby',
        'resumeClients',
        'clientWrite',
        'archiveTail',
        'archiveCheck',
      );
      for (const name of ['pauseClients', 'markDemoted', 'salvageWal', 'repointClients']) {
        assert.equal(site.count(name), 1, name);
        inOrder(site, name, 'resumeClients');
      }
      inOrder(site, 'salvageWal', 'promoteStandby');
      assert.ok(site.approvals.length > 0 && site.approvals.every((one) => one.runId === handle.firstExecutionRunId));
      assert.deepEqual(resultFields(report)['loss'], {
        ms: 0,
        basis: 'the WAL of postgres was taken over to its end; the old timeline ends at 0/6000000',
      });
      assert.equal(report.view.objectives?.disasterAt, seenAt);
      assert.equal(site.primary, 'postgres-standby');
    });
  });

  it('what was promoted is what was approved: cluster, timeline, and the WAL of that very server', async () => {
    const site = bereft();
    await house.with(site, async () => {
      await resultOf(await fail());
      const given = (name: string): Record<string, unknown> => site.given.get(name)?.[0] ?? {};
      const { service, systemIdentifier, formerTimeline } = given('promoteStandby');
      assert.deepEqual([service, systemIdentifier, formerTimeline], ['postgres-standby', '7', 1]);
      const { containerId, volume, fromLsn, timeline } = given('salvageWal');
      assert.deepEqual([containerId, volume, fromLsn, timeline], ['postgres-1', 'shandi_pgdata', '0/6000000', 1]);
      assert.equal(given('haltServer')['containerId'], 'postgres-1');
      assert.equal(given('haltServer')['stopTimeoutMs'], 0, 'a lost server is not waited for');
      assert.equal(given('markDemoted')['volume'], 'shandi_pgdata');
    });
  });

  it('more would be lost than the RPO allows: a person is asked, nothing is touched meanwhile', async () => {
    const site = bereft();
    site.servers.set('postgres-standby', { receivedLsn: '0/5000000', heartbeatAt: '2026-11-22T16:54:00.000Z' });
    site.salvage = { complete: false, segments: [], bytes: 0, problem: 'the volume cannot be read' };
    await house.with(site, async () => {
      const handle = await fail({ to: 'postgres-standby' });
      const waiting = await until(handle, 'waiting-approval');
      assert.match(waiting.gates[0]?.card.loss.map((one) => one.value).join('; ') ?? '', /MISSED: 6 min/);
      assert.deepEqual(touched(site), []);
      await approve(handle);
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'missed');
      assert.equal(report.view.approvals[0]?.via, 'person');
      assert.match(JSON.stringify(resultFields(report)['loss']), /nothing could be salvaged/);
    });
  });

  it('it lags beyond the RPO by the heartbeats that were acknowledged: the card says why the policy is silent', async () => {
    const site = bereft();
    site.sample = {
      ...site.sample!,
      lsn: '0/7000000',
      heartbeatAt: '2026-11-22T16:59:59.500Z',
      at: '2026-11-22T16:54:59.000Z',
    };
    await house.with(site, async () => {
      const handle = await fail();
      const waiting = await until(handle, 'waiting-approval');
      assert.match(
        waiting.gates[0]?.card.warnings[0] ?? '',
        /policy does not answer: the standby lags: up to 5 min 1 s/,
      );
      assert.deepEqual(touched(site), []);
      await approve(handle);
      assert.equal((await resultOf(handle)).view.verdict, 'met', 'everything was salvaged in the end');
    });
  });

  it('whoever started it left it to a person: it waits, and goes on after the word', async () => {
    const site = bereft();
    await house.with(site, async () => {
      const handle = await fail({ policyMayAnswer: false });
      const waiting = await until(handle, 'waiting-approval');
      assert.match(waiting.gates[0]?.card.warnings[0] ?? '', /left the decision to a person/);
      assert.deepEqual(touched(site), []);
      await approve(handle);
      assert.equal((await resultOf(handle)).view.approvals[0]?.via, 'person');
    });
  });

  it('nobody ever watched the primary: no figure, so a person decides, and the verdict claims none', async () => {
    const site = bereft();
    site.sample = undefined;
    site.salvage = { complete: false, segments: [], bytes: 0, problem: 'the volume cannot be read' };
    await house.with(site, async () => {
      const handle = await fail();
      const waiting = await until(handle, 'waiting-approval');
      assert.match(waiting.gates[0]?.card.warnings[0] ?? '', /loss cannot be estimated: nobody watched the primary/);
      await approve(handle);
      assert.equal((await resultOf(handle)).view.verdict, 'unproven');
    });
  });

  it('a sample of long ago and no word when the primary was lost: what it may have done since counts as lost', async () => {
    const site = bereft();
    const ago = new Date(Date.now() - 3_600_000).toISOString();
    site.sample = { ...site.sample!, at: ago, heartbeatAt: ago };
    site.servers.set('postgres-standby', { heartbeatAt: ago });
    await house.with(site, async () => {
      const handle = await house.start('databaseFailover');
      const waiting = await until(handle, 'waiting-approval');
      assert.match(waiting.gates[0]?.card.warnings[0] ?? '', /up to 1 h( \d+ s)? would be lost/);
      // The answer takes longer than facts are fresh, and than the loss may drift: waiting must not make it void.
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      await approve(handle);
      assert.equal((await resultOf(handle)).view.gates.length, 1);
    });
  });

  it('nobody answers: expired, and nothing was ever touched', async () => {
    const site = bereft();
    await house.with(site, async () => {
      const failure = await failureOf(await fail({ policyMayAnswer: false, approvalTimeoutMs: 200 }));
      assert.equal(failure.code, 'DR-APPROVAL-EXPIRED');
      assert.deepEqual(touched(site), []);
    });
  });

  it('the primary comes back while a person thinks: the approval is void and the gate opens anew', async () => {
    const site = bereft();
    await house.with(site, async () => {
      const handle = await fail({ policyMayAnswer: false });
      const first = openCard(await until(handle, 'waiting-approval'));
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      site.servers.delete('postgres');
      await approve(handle, first);
      let now = await until(handle, 'waiting-approval');
      while (now.gates.length < 2) now = await until(handle, 'waiting-approval');
      assert.match(now.gates[0]?.voided ?? '', /the primary postgres answers again/);
      assert.match(now.gates[1]?.card.warnings.join() ?? '', /use a switchover/);
      assert.deepEqual(touched(site), []);
      await say(handle, 'reject', { card: openCard(now), ...word });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.deepEqual(touched(site), []);
    });
  });

  it('the guard was wrong, the primary takes writes: no failover, no question, nothing touched', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const report = await resultOf(await fail());
      assert.deepEqual(report.result, { needed: false, primary: 'postgres' });
      assert.deepEqual(touched(site), []);
    });
  });

  it('no standby is fit: refused with every reason, nothing touched', async () => {
    const site = bereft();
    site.servers.set('postgres-standby', { timeline: 0, replayPaused: true });
    await house.with(site, async () => {
      const failure = await failureOf(await fail());
      assert.equal(failure.code, 'DR-STANDBY');
      assert.match(failure.message, /timeline 0, the primary was on 1; its replay is paused/);
      assert.deepEqual(touched(site), []);
    });
  });

  it('the sample is of before a recovery that nobody watched: the loss is not known, and a person decides', async () => {
    const site = bereft();
    site.servers.set('postgres-standby', { timeline: 3 });
    await house.with(site, async () => {
      const handle = await fail();
      const waiting = await until(handle, 'waiting-approval');
      assert.match(
        waiting.gates[0]?.card.warnings[0] ?? '',
        /the loss cannot be estimated: .* of timeline 1 .* is on 3/,
      );
      await handle.executeUpdate('reject', { args: [{ card: openCard(waiting), by: 'tester', reason: 'test' }] });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
    });
  });

  describe('the fence cannot be proven', () => {
    const unproven = (times = 1): FakeSite => {
      const site = bereft();
      site.fail('proveFence', 'DR-FENCE-NOT-PROVEN', 'postgres:5432 still takes connections from pgbouncer', times);
      return site;
    };

    it('a second gate opens that no policy answers; rejected, everything is undone and nothing was promoted', async () => {
      const site = unproven(2);
      await house.with(site, async () => {
        const handle = await fail();
        const waiting = await openGate(handle, 'unproven-fence');
        assert.match(JSON.stringify(waiting.gates[1]?.card.facts), /still takes connections from pgbouncer/);
        assert.deepEqual(waiting.gates[1]?.card.approvers, ['Primary On-Call', 'Secondary On-Call', 'Management']);
        await say(handle, 'reject', { card: openCard(waiting), ...word });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(site.count('promoteStandby'), 0);
        inOrder(site, 'proveFence', 'unmarkDemoted', 'unfenceServer', 'resumeClients');
        const given = site.given.get('unfenceServer')?.[0] ?? {};
        assert.deepEqual(
          [given['containerId'], given['restartPolicy'], given['expectVolume']],
          ['postgres-1', 'always', 'shandi_pgdata'],
        );
        assert.equal(site.primary, 'postgres');
      });
    });

    it('approved, it goes on, and who took the risk is on record by name; no loss is claimed', async () => {
      const site = unproven(2);
      await house.with(site, async () => {
        const handle = await fail();
        await say(handle, 'approve', { card: openCard(await openGate(handle, 'unproven-fence')), ...word });
        const report = await resultOf(handle);
        const told = report.view.timeline.map((one) => one.text).join('\n');
        assert.match(told, /fence of postgres is NOT proven; the risk was accepted by Primary On-Call: power is off/);
        assert.equal(report.view.approvals.find((one) => one.gate === 'unproven-fence')?.by, 'Primary On-Call');
        assert.equal(resultFields(report)['fence'], null);
        assert.equal(report.view.verdict, 'unproven');
        assert.match(JSON.stringify(report.view.facts), /NOT PROVEN; the risk was accepted/);
        inOrder(site, 'proveFence', 'promoteStandby');
      });
    });

    it('by the time of the answer it is proven after all: then that counts, and no risk is noted', async () => {
      const site = unproven(1);
      await house.with(site, async () => {
        const handle = await fail();
        await say(handle, 'approve', { card: openCard(await openGate(handle, 'unproven-fence')), ...word });
        const report = await resultOf(handle);
        assert.equal(site.count('proveFence'), 2);
        assert.match(JSON.stringify(resultFields(report)['fence']), /"connect":"refused"/);
        assert.doesNotMatch(report.view.timeline.map((one) => one.text).join('\n'), /risk was accepted/);
        assert.equal(report.view.verdict, 'met');
      });
    });

    it('nobody answers: expired, and undone', async () => {
      const site = unproven(2);
      await house.with(site, async () => {
        const failure = await failureOf(await fail({ approvalTimeoutMs: 300 }));
        assert.equal(failure.code, 'DR-APPROVAL-EXPIRED');
        assert.match(failure.message, /unproven-fence/);
        assert.equal(site.count('promoteStandby'), 0);
        inOrder(site, 'proveFence', 'unmarkDemoted', 'unfenceServer', 'resumeClients');
      });
    });

    it('because its engine hangs: nothing is salvaged blindly, and the risk is a person’s', async () => {
      const site = unproven(2);
      site.fail('haltServer', 'DR-ENGINE', 'the engine said nothing for 3 s');
      await house.with(site, async () => {
        const handle = await fail();
        const waiting = await openGate(handle, 'unproven-fence');
        assert.equal(site.count('salvageWal'), 0);
        await say(handle, 'approve', { card: openCard(waiting), ...word });
        const report = await resultOf(handle);
        assert.match(JSON.stringify(resultFields(report)['salvage']), /"complete":false.*the engine said nothing/);
        assert.equal(report.view.verdict, 'unproven');
      });
    });
  });

  it('the pooler is down too: nobody is held, the standby is promoted, the clients are sent there afterwards', async () => {
    const site = bereft();
    site.fail('pauseClients', 'DR-POOLER', 'the admin console does not answer');
    await house.with(site, async () => {
      const report = await resultOf(await fail());
      assert.match(
        report.view.steps.find((one) => one.title === 'Hold the clients')?.outcome ?? '',
        /not held: the admin/,
      );
      inOrder(site, 'promoteStandby', 'repointClients', 'clientWrite');
    });
  });

  it('somebody else held the clients before: an undo leaves them held', async () => {
    const site = bereft();
    site.answer('pauseClients', () => ({ paused: true, killed: false, waitedMs: 1, alreadyPaused: true }));
    site.fail('proveFence', 'DR-FENCE-NOT-PROVEN', 'it still runs', 2);
    await house.with(site, async () => {
      const failure = await failureOf(await fail({ approvalTimeoutMs: 200 }));
      assert.equal(failure.code, 'DR-APPROVAL-EXPIRED');
      assert.equal(site.count('unfenceServer'), 1);
      assert.equal(site.count('resumeClients'), 0);
    });
  });

  it('a promotion is tried again: the fence is looked at once more first', async () => {
    const site = bereft();
    site.fail('promoteStandby', 'DR-PROMOTE', 'it did not leave recovery within 60000 ms');
    await house.with(site, async () => {
      const handle = await fail();
      await until(handle, 'held');
      assert.equal(site.count('proveFence'), 1);
      await say(handle, 'resolve', { action: 'retry', ...word });
      await resultOf(handle);
      assert.equal(site.count('proveFence'), 2);
      assert.ok(site.calls.lastIndexOf('proveFence') < site.calls.lastIndexOf('promoteStandby'));
    });
  });

  it('aborted at a promotion whose end nobody saw: the old primary is not started while the standby takes writes', async () => {
    const site = bereft();
    site.fail('promoteStandby', 'DR-PROMOTE', 'no answer');
    await house.with(site, async () => {
      const handle = await fail();
      await until(handle, 'held');
      // It was promoted all the same.
      site.servers.set('postgres-standby', { inRecovery: false, timeline: 2 });
      await say(handle, 'resolve', { action: 'abort', ...word });
      let now = await until(handle, 'held');
      while (now.hold?.title !== 'Let the old primary be as it was') now = await until(handle, 'held');
      assert.match(now.hold?.problem.message ?? '', /promoted to timeline 2: starting the old primary would make two/);
      assert.equal(site.count('unfenceServer'), 0);
      for (let skipped = 0; !(await ended(handle)); skipped += 1) {
        assert.ok(skipped < 5);
        await say(handle, 'resolve', { action: 'skip', ...word }).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.equal(site.count('unfenceServer'), 0);
    });
  });

  it('aborted at a promotion that may still finish: the old primary is started only when the standby was restarted', async () => {
    const site = bereft();
    site.fail('promoteStandby', 'DR-PROMOTE', 'it did not leave recovery within 60000 ms');
    await house.with(site, async () => {
      const handle = await fail();
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'abort', ...word });
      let now = await until(handle, 'held');
      while (now.hold?.title !== 'Let the old primary be as it was') now = await until(handle, 'held');
      assert.match(
        now.hold?.problem.message ?? '',
        /was begun and may still finish: starting the old primary then would make two/,
      );
      assert.match(now.hold?.problem.next ?? '', /Restart postgres-standby/);
      assert.equal(site.count('unfenceServer'), 0);
      const startedAt = new Date(Date.now() + 1_000).toISOString();
      site.servers.set('postgres-standby', { container: { ...container, service: 'postgres-standby', startedAt } });
      await say(handle, 'resolve', { action: 'retry', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('unfenceServer'), 1);
    });
  });

  const ended = async (handle: WorkflowHandle): Promise<boolean> => (await handle.describe()).status.name !== 'RUNNING';

  it('aborted after the promotion: what was done stays, and the clients are let in to the new primary', async () => {
    const site = bereft();
    site.fail('clientWrite', 'DR-CLIENT-WRITE', 'no row came back', 6);
    await house.with(site, async () => {
      const handle = await fail();
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'abort', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      const end = await view(handle);
      assert.match(
        end.problems.find((one) => one.code === 'DR-ABORTED')?.next ?? '',
        /What was done stays \(postgres-standby is the primary/,
      );
      assert.equal(site.primary, 'postgres-standby');
      assert.equal(site.count('unfenceServer'), 0);
      assert.equal(site.count('unmarkDemoted'), 0);
    });
  });

  it('aborted while the clients still wait for the new primary: they are let in to it, not left at the pooler', async () => {
    const site = bereft();
    site.fail('resumeClients', 'DR-POOLER', 'the console does not answer');
    await house.with(site, async () => {
      const handle = await fail();
      const held = await until(handle, 'held');
      assert.equal(held.hold?.title, 'Let the clients in');
      await say(handle, 'resolve', { action: 'abort', ...word });
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      const tail = site.calls.slice(site.calls.indexOf('resumeClients') + 1);
      assert.deepEqual(tail, ['repointClients', 'resumeClients']);
      assert.equal(site.primary, 'postgres-standby');
    });
  });

  it('the archive cannot be completed: held after the clients are served, skipped on record, and the verdict stays', async () => {
    const site = bereft();
    site.fail('archiveTail', 'DR-ARCHIVE', 'the repository is full');
    await house.with(site, async () => {
      const handle = await fail();
      await until(handle, 'held');
      inOrder(site, 'clientWrite', 'archiveTail');
      await say(handle, 'resolve', { action: 'skip', ...word });
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      assert.equal(resultFields(report)['archived'], null);
    });
  });

  it('the container of the primary is gone: its volume is what the env file names, marked and salvaged all the same', async () => {
    const site = bereft({ problem: 'it has no container' });
    site.without.set('postgres', ['container']);
    await house.with(site, async () => {
      await resultOf(await fail());
      for (const name of ['markDemoted', 'salvageWal', 'proveFence'])
        assert.equal(site.given.get(name)?.[0]?.['volume'], 'shandi_pgdata', name);
    });
  });
});
