/**
 * Ctrl-C at the gate, `npm run down`, `npm run demo`: the run that nobody waits for any more must not hold the lock of the
 * next one, and a run that a person started is not the demo's to end.
 */
import assert from 'node:assert/strict';
import { demandLock, demoRun, endLeft, memo } from '../../scripts/demo/left';
import { recoverAndApprove } from '../../scripts/demo/recover';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, until } from '../support/runs';

describe('the demo leaves nothing open', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const input = { database: 'shandi', target: { kind: 'latest' }, reason: 'test', by: 'demo operator' };
  const start = (of: { memo?: Record<string, string> }) =>
    house.client.workflow.start('pointInTimeRecovery', {
      taskQueue: 'dr-control',
      workflowId: demoRun,
      args: [input],
      ...of,
    });

  it('a run of its own that was left at the gate is aborted, and has undone what it did', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await start({ memo });
      await until(handle, 'waiting-approval');
      const said: string[] = [];
      await demandLock(house.client, (line) => said.push(line));
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      assert.equal(site.count('removeCopy'), 1);
      assert.deepEqual(said, [`ending ${demoRun}, which was left open`]);
    });
  });

  it('one that cannot undo is terminated: its platform is removed, and nobody is there to decide', async () => {
    const site = new FakeSite();
    site.fail('removeCopy', 'DR-DOCKER', 'there is no such platform any more');
    await house.with(site, async () => {
      const handle = await start({ memo });
      await until(handle, 'waiting-approval');
      const said: string[] = [];
      await endLeft(house.client, { everything: false }, (line) => said.push(line));
      assert.equal((await handle.describe()).status.name, 'TERMINATED');
      assert.match(said.at(-1) ?? '', /could not undo what it did, and was terminated/);
    });
  });

  it('a run of a person is named and left alone, unless the control plane is the demo’s own', async () => {
    await house.with(new FakeSite(), async () => {
      const handle = await start({});
      await until(handle, 'waiting-approval');
      await assert.rejects(
        demandLock(house.client, () => undefined),
        /under way.*not the demo that started it.*dr abort/,
      );
      await endLeft(house.client, { everything: true }, () => undefined);
      assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    });
  });

  it('when its run is held it aborts once, and says why there was no recovery', async () => {
    const site = new FakeSite();
    site.fail('restoreCopy', 'DR-CORRUPT', 'a file of the backup cannot be read', 3);
    await house.with(site, async () => {
      const steps: string[] = [];
      const demo = recoverAndApprove(
        house.client,
        '2026-11-22T16:59:59.500Z',
        () => undefined,
        (line) => steps.push(line ?? ''),
      );
      await assert.rejects(demo, /the run ended without a recovery: .*a file of the backup cannot be read/);
      assert.equal(steps.filter((line) => line.includes('./dr abort')).length, 1, steps.join('\n'));
    });
  });
});
