import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunView } from '../../workflows/contracts/run-view';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';

/** Who waits while a switchover works, and is let in again whatever comes in between. */
describe('switchover: nothing is lost, and whatever cannot be done is undone', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'DevOps Team', reason: 'test' };
  const move = (input: Record<string, unknown> = {}) => house.start('databaseSwitchover', input);
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });
  const inOrder = (site: FakeSite, ...names: string[]): void => {
    const places = names.map((name) => site.calls.indexOf(name));
    assert.ok(!places.includes(-1), `${names[places.indexOf(-1)]} was not done: ${site.calls.join(' ')}`);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      site.calls.join(' '),
    );
  };
  const openGate = async (handle: WorkflowHandle, name: string): Promise<RunView> => {
    for (;;) {
      const now = await until(handle, 'waiting-approval');
      if (now.gates.some((one) => one.name === name && one.state === 'open')) return now;
    }
  };
  /** Nobody waits, the old primary is as it was, nothing was promoted. */
  const undone = (site: FakeSite): void => {
    assert.equal(site.count('promoteStandby'), 0);
    assert.equal(site.primary, 'postgres');
    const [hold] = site.given.get('holdArchiving') ?? [];
    if (hold) assert.equal(site.count('releaseArchiving'), 1);
    assert.equal(site.given.get('setRestartPolicy')?.at(-1)?.['policy'], 'always');
    if (site.count('pauseClients') > 0)
      assert.ok(site.calls.lastIndexOf('resumeClients') > site.calls.lastIndexOf('pauseClients'));
  };

  it('a person approves: held, shut down in order, its last record on the standby, promoted, let in, and it follows', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      assert.equal(report.view.approvals[0]?.via, 'person', 'no policy answers a planned move');
      inOrder(
        site,
        'holdArchiving',
        'pauseClients',
        'stopInOrder',
        'promoteStandby',
        'resumeClients',
        'clientWrite',
        'followPrimary',
        'startStandby',
      );
      inOrder(site, 'setRestartPolicy', 'stopInOrder');
      assert.equal(site.given.get('pauseClients')?.[0]?.['cut'], false, 'no transaction is cut');
      // The shutdown checkpoint begins at 0/6000028: who has a byte behind that has all of it.
      assert.equal(site.given.get('promoteStandby')?.[0]?.['minReceivedLsn'], '0/6000029');
      assert.equal(site.given.get('followPrimary')?.[0]?.['service'], 'postgres');
      assert.deepEqual(site.given.get('followPrimary')?.[0]?.['archiving'], { held: true, before: null, waiting: 0 });
      assert.deepEqual(
        [report.result['graceful'], report.result['from'], report.result['to'], report.result['followed']],
        [true, 'postgres', 'postgres-standby', true],
      );
      assert.ok(site.approvals.every((one) => one.runId === handle.firstExecutionRunId));
    });
  });

  it('refused before anybody waits, for every reason at once', async () => {
    const site = new FakeSite();
    site.servers.set('postgres', { oldestTransactionMs: 60_000 });
    site.servers.set('postgres-standby', { replayedLsn: '0/1000000', receiver: 'waiting' });
    await house.with(site, async () => {
      const failure = await failureOf(await move());
      assert.equal(failure.code, 'DR-REFUSED');
      for (const words of [/does not stream/, /behind in replay/, /open for 1 min/])
        assert.match(failure.message, words);
      assert.equal(site.count('pauseClients') + site.count('holdArchiving'), 0);
    });
  });

  it('the standby stops following while a person thinks: the approval is void, and the next card says so', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await move();
      const first = openCard(await until(handle, 'waiting-approval'));
      site.servers.set('postgres-standby', { receiver: 'waiting' });
      await approve(handle, first);
      let now = await until(handle, 'waiting-approval');
      while (now.gates.length < 2) now = await until(handle, 'waiting-approval');
      assert.match(now.gates[0]?.voided ?? '', /does not stream from postgres/);
      assert.match(now.gates[1]?.card.warnings[0] ?? '', /NOT POSSIBLE NOW: standby postgres-standby does not stream/);
      await say(handle, 'reject', { card: openCard(now), ...word });
      await failureOf(handle);
      assert.equal(site.count('pauseClients'), 0);
    });
  });

  it('the primary is lost while a person thinks: the planned move is over, and a failover is asked for', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await move();
      const first = openCard(await until(handle, 'waiting-approval'));
      site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 137)' });
      await approve(handle, first);
      const waiting = await openGate(handle, 'ungraceful');
      assert.match(JSON.stringify(waiting.gates.at(-1)?.card.facts), /exit code 137/);
      assert.equal(site.count('pauseClients') + site.count('holdArchiving'), 0);
      await say(handle, 'reject', { card: openCard(waiting), ...word });
      assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
      assert.equal(site.count('promoteStandby'), 0);
    });
  });

  it('it takes longer than clients may be held: undone, and the old primary serves again', async () => {
    const site = new FakeSite();
    site.delays.set('stopInOrder', 600);
    await house.with(site, async () => {
      const handle = await move({ stallBudgetMs: 500 });
      await approve(handle);
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-STALL');
      assert.match(failure.message, /switchover was undone: the clients would have been held for longer than 500 ms/);
      undone(site);
      inOrder(site, 'stopInOrder', 'unfenceServer', 'resumeClients', 'releaseArchiving');
    });
  });

  it('open transactions do not end: nobody is cut, nothing is shut down', async () => {
    const site = new FakeSite();
    site.fail('pauseClients', 'DR-STALL', 'open transactions did not end within 2500 ms; nobody was cut');
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-STALL');
      assert.match(failure.message, /open transactions did not end/);
      undone(site);
      assert.equal(site.count('stopInOrder') + site.count('unfenceServer'), 0);
    });
  });

  it('nobody knows whether its archiving was held back: it is let go all the same, and nobody ever waited', async () => {
    const site = new FakeSite();
    site.fail('holdArchiving', 'DR-TIMEOUT', 'psql did not end within 30000 ms');
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      assert.equal((await failureOf(handle)).code, 'DR-STALL');
      undone(site);
      assert.equal(site.count('pauseClients'), 0);
    });
  });

  it('many segments wait to be archived: that is left to the old primary, and nothing is put back', async () => {
    const site = new FakeSite();
    site.answer('holdArchiving', () => ({ held: false, before: null, waiting: 7 }));
    site.delays.set('stopInOrder', 600);
    await house.with(site, async () => {
      const handle = await move({ stallBudgetMs: 500 });
      await approve(handle);
      assert.equal((await failureOf(handle)).code, 'DR-STALL');
      assert.equal(site.count('releaseArchiving'), 0);
    });
  });

  it('it does not shut down in order: the run is not held while clients wait, it is undone', async () => {
    const site = new FakeSite();
    site.fail('stopInOrder', 'DR-STALL', 'postgres did not shut down in order: exit code 137');
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-STALL');
      assert.match(failure.message, /exit code 137/);
      undone(site);
    });
  });

  it('the standby turns out not to have the last record: not promoted, not held, undone', async () => {
    const site = new FakeSite();
    site.fail(
      'promoteStandby',
      'DR-STANDBY',
      'not promoted: it has received WAL up to 0/6000000, expected at least 0/6000029',
    );
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-STALL');
      assert.match(failure.message, /received WAL up to 0\/6000000/);
      inOrder(site, 'promoteStandby', 'unfenceServer', 'resumeClients');
      assert.equal(site.primary, 'postgres');
      // Clients that were sent to the standby already are sent back before they are let in.
      assert.ok(site.calls.lastIndexOf('repointClients') < site.calls.lastIndexOf('resumeClients'));
    });
  });

  it('a promotion whose end nobody saw holds the run: the old primary is not started beside it', async () => {
    const site = new FakeSite();
    site.fail('promoteStandby', 'DR-PROMOTE', 'it did not leave recovery within 60000 ms');
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      const held = await until(handle, 'held');
      assert.match(held.hold?.title ?? '', /Promote/);
      assert.equal(site.count('unfenceServer'), 0);
      await say(handle, 'resolve', { action: 'retry', ...word });
      assert.equal((await resultOf(handle)).result['graceful'], true);
    });
  });

  describe('the old primary does not come back', () => {
    /** It cannot be stopped in order, and is dead from then on. */
    const broken = (): FakeSite => {
      const site = new FakeSite();
      site.answer('stopInOrder', () => {
        site.servers.set('postgres', { answered: false, problem: 'its container is not running (exit code 1)' });
        site.fail('unfenceServer', 'DR-DATABASE-DOWN', 'it takes no writes');
        site.fail('releaseArchiving', 'DR-DATABASE-DOWN', 'it does not take connections');
        site.fail('setRestartPolicy', 'DR-DATABASE-DOWN', 'its container is gone');
        throw site.failure('DR-STALL', 'postgres did not shut down in order: exit code 1');
      });
      return site;
    };

    it('the clients are let in, and a person is asked whether to go on as a failover; rejected, nothing is promoted', async () => {
      const site = broken();
      await house.with(site, async () => {
        const handle = await move();
        await approve(handle);
        const waiting = await openGate(handle, 'ungraceful');
        assert.match(waiting.gates[1]?.card.title ?? '', /postgres does not serve any more: go on as a failover\?/);
        assert.match(JSON.stringify(waiting.gates[1]?.card.facts), /exit code 1/);
        inOrder(site, 'unfenceServer', 'resumeClients');
        const told = waiting.timeline.map((one) => one.text).join('\n');
        assert.match(told, /postgres does not start again: it takes no writes/);
        assert.match(told, /does not archive .*it does not take connections/, 'what was left undone is said');
        await say(handle, 'reject', { card: openCard(waiting), ...word });
        assert.equal((await failureOf(handle)).code, 'DR-REJECTED');
        assert.equal(site.count('promoteStandby') + site.count('haltServer'), 0);
      });
    });

    it('approved, the failover asks a second time with the loss on its card, and is done', async () => {
      const site = broken();
      site.sample = { ...site.sample!, at: new Date().toISOString() };
      await house.with(site, async () => {
        const handle = await move({ approvalTimeoutMs: 45_000 });
        await approve(handle);
        await approve(handle, openCard(await openGate(handle, 'ungraceful')));
        const waiting = await openGate(handle, 'promote');
        const card = waiting.gates.find((one) => one.name === 'promote')?.card;
        assert.match(card?.warnings[0] ?? '', /left the decision to a person/);
        const open = Date.parse(card?.expiresAt ?? '') - Date.parse(card?.openedAt ?? '');
        assert.equal(open, 45_000, 'it stays open for as long as the starter said');
        await approve(handle, openCard(waiting));
        const report = await resultOf(handle);
        inOrder(site, 'stopInOrder', 'haltServer', 'proveFence', 'promoteStandby');
        assert.equal(report.result['to'], 'postgres-standby');
        assert.deepEqual(
          report.view.approvals.map((one) => [one.gate, one.via]),
          [
            ['switch', 'person'],
            ['ungraceful', 'person'],
            ['promote', 'person'],
          ],
        );
      });
    });
  });

  it('the old primary cannot be made to follow: the switchover stands, and a person skips that on record', async () => {
    const site = new FakeSite();
    site.fail('followPrimary', 'DR-STANDBY', 'it has no container with a data volume');
    await house.with(site, async () => {
      const handle = await move();
      await approve(handle);
      await until(handle, 'held');
      await say(handle, 'resolve', { action: 'skip', ...word });
      const report = await resultOf(handle);
      assert.equal(report.view.verdict, 'met');
      assert.equal(report.result['followed'], false);
      assert.equal(site.count('startStandby'), 0);
    });
  });
});
