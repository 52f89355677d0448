/** Someone under pressure starts a recovery that cannot be: every reason is said at once, and nothing was touched. */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { refusal } from '../../workflows/contracts/errors';
import type { Refusal } from '../../workflows/contracts/recovery';
import type { RunView } from '../../workflows/contracts/run-view';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, until } from '../support/runs';

describe('pre-flight: reasons not to begin', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  const word = { by: 'tester', reason: 'test' };
  const say = (handle: WorkflowHandle, name: string, message: unknown): Promise<unknown> =>
    handle.executeUpdate(name, { args: [message] });

  it('every reason to refuse at once, nothing touched', async () => {
    const site = new FakeSite();
    site.free = 1000;
    site.coverage = {
      reachable: false,
      refusals: [{ code: 'DR-WAL-GAP', message: 'segments A..B are missing', next: 'choose earlier' }],
    };
    site.damaged = { collations: [{ database: 'theshandi_db', recorded: '2.31', actual: '2.36' }] };
    await house.with(site, async () => {
      const handle = await house.recover();
      const failure = await failureOf(handle);
      assert.equal(failure.code, 'DR-REFUSED');
      for (const code of ['DR-WAL-GAP', 'DR-DISK-TOO-SMALL', 'DR-COLLATION-MISMATCH'])
        assert.match(failure.message, new RegExp(code));
      assert.deepEqual(
        site.calls.filter(
          (one) =>
            ![
              'readRoles',
              'readDatabase',
              'openToolbox',
              'checkInPlace',
              'checkCoverage',
              'freeDisk',
              'closeToolbox',
            ].includes(one),
        ),
        [],
      );
    });
  });

  it('a repository, a stanza, an image or a pass phrase that is not there: refused, beside every other reason', async () => {
    const cases = [
      ['openToolbox', 'DR-IMAGE-MISSING', 'image sha256:1 is not on the engine'],
      ['openToolbox', 'DR-NO-BACKUP', 'repository volume shandi_pgrepo does not exist'],
      ['openToolbox', 'DR-SECRET', 'file .env has no value for CIPHER'],
      ['checkCoverage', 'DR-NO-BACKUP', 'stanza main is not in the repository'],
      ['checkCoverage', 'DR-SECRET', 'stanza main cannot be read with the pass phrase'],
    ] as const;
    const site = new FakeSite();
    site.damaged = { tablespaces: ['fast'], lastCommitAt: '2026-11-22T17:00:08.000Z' };
    await house.with(site, async () => {
      for (const [activity, code, message] of cases) {
        site.fail(activity, code, message);
        const handle = await house.recover({ target: { kind: 'time', time: '2031-01-01T00:00:00Z' } });
        const failure = await failureOf(handle);
        assert.equal(failure.code, 'DR-REFUSED', failure.message);
        for (const reason of [`${code}: ${message}`, 'in the future', 'DR-TABLESPACES'])
          assert.ok(failure.message.includes(reason), `${reason} is missing in ${failure.message}`);
        assert.equal((await handle.query<RunView>('run')).state, 'refused');
      }
      assert.equal(site.count('restoreCopy'), 0);
    });
  });

  it('several reasons in one failure are said one by one; a failure that is no reason holds the run', async () => {
    const site = new FakeSite();
    const reason = (code: string): Refusal => ({ code, message: `${code} it is`, next: 'mend it' });
    site.failures.set('openToolbox', [refusal(reason('DR-NO-BACKUP'), reason('DR-SECRET'))]);
    await house.with(site, async () => {
      const refused = await house.recover();
      await failureOf(refused);
      assert.deepEqual(
        (await refused.query<RunView>('run')).problems.map((one) => one.code),
        ['DR-NO-BACKUP', 'DR-SECRET'],
      );
      site.fail('checkCoverage', 'DR-TOOL', 'pgbackrest info failed');
      const held = await house.recover();
      await until(held, 'held');
      await say(held, 'resolve', { action: 'abort', ...word });
      await failureOf(held);
    });
  });

  it('a target ahead of the primary: the archive is not searched for it, and what else is wrong is said too', async () => {
    const site = new FakeSite();
    site.free = 1000;
    site.damaged = { nextXid: '900', lastCommitAt: '2026-11-22T17:00:08.000Z' };
    await house.with(site, async () => {
      const handle = await house.recover({ target: { kind: 'xid', xid: '5000', stop: 'before' } });
      const { message } = await failureOf(handle);
      assert.match(message, /DR-TARGET-UNREACHABLE: .*transaction 5000 neither committed nor aborted/);
      assert.match(message, /DR-DISK-TOO-SMALL/);
      assert.deepEqual(
        site.given.get('checkCoverage')?.map((one) => one['target']),
        [{ kind: 'latest' }],
      );
    });
  });

  it('a server that can be asked itself refuses without a toolbox, with every reason; what it allows is asked once more in one', async () => {
    const site = new FakeSite();
    site.inPlace = true;
    site.free = 1000;
    site.coverage = {
      reachable: false,
      refusals: [{ code: 'DR-WAL-GAP', message: 'segments A..B are missing', next: 'choose earlier' }],
    };
    await house.with(site, async () => {
      const { message } = await failureOf(await house.recover());
      assert.match(message, /DR-WAL-GAP/);
      assert.match(message, /DR-DISK-TOO-SMALL/);
      assert.deepEqual([site.count('openToolbox'), site.count('closeToolbox'), site.count('checkCoverage')], [0, 0, 0]);

      site.free = 1e12;
      site.coverage = {};
      const handle = await house.recover({ mode: 'check' }, 'check.database.shandi');
      await handle.result();
      assert.deepEqual([site.count('openToolbox'), site.count('closeToolbox'), site.count('checkCoverage')], [2, 1, 1]);
    });
  });
});
