/**
 * Someone approves, and before the run acts the world moves on: clients write more than was shown, or another operator
 * recreates the damaged server. The approval was given for other facts, so it is void; the new ones are shown, and only a
 * yes to those counts.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { fromRoot } from '../../activities/shared/paths';
import { loadPlan } from '../../plan';
import type { GateView } from '../../workflows/contracts/run-view';
import { containerOf, docker } from '../support/docker';
import { withPlan } from '../support/plan-file';
import { approve, openCard, resultOf, story, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

describe('facts drift after the approval', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));
  const word = { by: 'tester', reason: 'test' };

  /** Approves the open card while the run is paused, changes the world, lets the run go on; the two gates. */
  const approveThen = async (handle: WorkflowHandle, change: () => Promise<unknown>): Promise<[GateView, GateView]> => {
    const first = openCard(await until(handle, 'waiting-approval'));
    await handle.executeUpdate('pause', { args: [word] });
    await approve(handle, first);
    await until(handle, 'paused');
    await change();
    await handle.executeUpdate('resume', { args: [word] });
    const view = await shandi.eventually('a second card', async () => {
      const now = await until(handle, 'waiting-approval');
      return now.gates.length > 1 ? now : undefined;
    });
    const [voided, open] = view.gates;
    assert.ok(voided && open, story(view));
    assert.equal(voided.state, 'void');
    assert.notEqual(open.card.hash, first);
    assert.ok(!view.steps.some((one) => one.title === 'Pause the clients'), 'nothing was moved on the void approval');
    await assert.rejects(approve(handle, first), 'the old card is no answer to the new one');
    return [voided, open];
  };

  it('more is lost than the plan tolerates: the approval is void, a new card, approved, done', async () => {
    const few = (plan: Parameters<Parameters<typeof withPlan>[0]>[0]): typeof plan => ({
      ...plan,
      approvals: plan.approvals.map((one) => ({
        ...one,
        driftTolerance: { ...one.driftTolerance, transactions: 150 },
      })),
    });
    await withPlan(few, async () => {
      const handle = await shandi.recover({ target: { kind: 'time', time: (await shandi.mark()).at } });
      const [voided, open] = await approveThen(handle, () =>
        // A subtransaction each: 400 transaction ids in one statement.
        shandi.sql(`DO $$ BEGIN FOR one IN 1..400 LOOP
          BEGIN INSERT INTO dr_heartbeat (node) VALUES ('test'); EXCEPTION WHEN OTHERS THEN RAISE; END; END LOOP; END $$`),
      );
      assert.match(
        voided.voided ?? '',
        /^the loss was \d+ transactions, is now [\d ]+ transactions; the plan tolerates 150 transactions more$/,
      );
      assert.ok(Number(open.card.loss.find((one) => one.label === 'Transactions')?.value.replace(' ', '')) >= 400);
      await approve(handle, open.card.hash);
      assert.equal((await resultOf(handle)).view.verdict, 'met');
      await shandi.clientWrites();
    });
  });

  it('the damaged server is recreated: void; then the server that is there now is the one that is fenced', async () => {
    const handle = await shandi.recover({ target: { kind: 'latest' } });
    const before = (await docker.getContainer(containerOf('postgres')).inspect()).Id;
    const [voided, open] = await approveThen(handle, async () => {
      const site = (await loadPlan(process.env['DR_PLAN'] ?? '')).plan.sites[0]?.compose;
      assert.ok(site);
      const files = ['-p', site.project, '-f', fromRoot(site.file), '--env-file', fromRoot(site.envFile)];
      await promisify(execFile)('docker', [
        'compose',
        ...files,
        'up',
        '-d',
        '--no-deps',
        '--force-recreate',
        'postgres',
      ]);
      await shandi.eventually('the server is back', () => shandi.now().catch(() => undefined));
    });
    const recreated = (await docker.getContainer(containerOf('postgres')).inspect()).Id;
    assert.equal(voided.voided, `container of the damaged server was ${before}, is now ${recreated}`);
    await approve(handle, open.card.hash);
    const { view } = await resultOf(handle);
    assert.equal(view.verdict, 'met');
    assert.equal(view.steps.find((one) => one.title.startsWith('Fence'))?.attempts, 1);
    await shandi.clientWrites();
  });
});
