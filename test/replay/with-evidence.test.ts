/** A bundle is verified years later, without a server: its histories are replayed by the code as it is then. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { verifyAlone, type Verified } from '../../scripts/evidence/verify';
import { presentCode, type PresentCode } from '../../scripts/evidence/versions';
import { made, madeByCode, savedRun, type SavedRun } from '../support/evidence-bundles';
import { useOwnHome } from '../support/own-home';

const elsewhere = 'e'.repeat(64);

describe('replay of the histories of a bundle', function () {
  this.timeout(180_000);
  const home = useOwnHome();
  let code: PresentCode;
  before(async () => (code = await presentCode()));

  let count = 0;
  const verified = async (run: SavedRun, demandReplay = false): Promise<Verified> =>
    verifyAlone(await made([run], join(home(), String((count += 1))), { code }), { replay: true, demandReplay });
  /** As if a procedure had asked another question first. */
  const renamed = (run: SavedRun): SavedRun => {
    const activity = run.history.events.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType.name === 'readRoles',
    );
    assert.ok(activity?.activityTaskScheduledEventAttributes);
    activity.activityTaskScheduledEventAttributes.activityType.name = 'readRules';
    return run;
  };

  it('one of the saved ones, made by an earlier state of the code, is replayed', async () => {
    const { faults, replayed } = await verified(savedRun('restore-test.passed'));
    assert.deepEqual(faults, []);
    assert.deepEqual(
      replayed.map(({ outcome }) => outcome),
      ['replayed'],
    );
  });

  it('made by the code of today: replayed, and no word of another version', async () => {
    const run = madeByCode(savedRun('restore-test.failed'), code.bundle);
    const { faults, replayed } = await verified(run);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      replayed.map(({ outcome, says }) => [outcome, says]),
      [['replayed', `restoreTest, ${run.history.events.length} events`]],
    );
  });

  it('an activity renamed in a history that the code of today has made: it differs, and is refused', async () => {
    const { faults, replayed } = await verified(renamed(madeByCode(savedRun('restore-test.passed'), code.bundle)));
    assert.deepEqual(
      replayed.map(({ outcome }) => outcome),
      ['differs'],
    );
    assert.match(faults.join(), /history of test\.database\.shandi: differs: restoreTest, \d+ events: .*readR/);
  });

  it('the same in one that other code has made: the hashes hold, not replayed; refused only where that is demanded', async () => {
    const run = renamed(madeByCode(savedRun('restore-test.passed'), elsewhere));
    const { faults, replayed } = await verified(run);
    assert.deepEqual([faults, replayed.map(({ outcome }) => outcome)], [[], ['other-version']]);
    assert.match(replayed[0]?.says ?? '', /made by another version, hashes hold, not replayed/);
    assert.match((await verified(run, true)).faults.join(), /made by another version/);
  });

  it('a procedure that this code does not have', async () => {
    const run = madeByCode(savedRun('restore-test.passed'), elsewhere);
    const began = run.history.events[0]?.workflowExecutionStartedEventAttributes as { workflowType?: { name: string } };
    began.workflowType = { name: 'procedureOfTomorrow' };
    assert.deepEqual(
      (await verified(run)).replayed.map(({ outcome }) => outcome),
      ['other-version'],
    );
  });
});
