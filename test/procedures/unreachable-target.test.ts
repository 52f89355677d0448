/**
 * Under pressure people type targets that cannot be had: tomorrow, last year, a restore point with a slip in its name. The
 * run says so before it touches anything, in the time of a breath, and names what can be had instead.
 */
import assert from 'node:assert/strict';
import { triedActivities } from '../support/history';
import { failureOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';
import type { RecoveryTarget } from '../../workflows/contracts/pitr';

/** All a refused run does: it reads. The server runs, so it is asked itself and no toolbox is opened … */
const readingOnly = ['readRoles', 'readDatabase', 'checkInPlace', 'writeReport'];
/** … but for a name, which may lie anywhere in the WAL behind a backup; what it was looked for with is taken away again. */
const inToolbox = [...readingOnly, 'openToolbox', 'freeDisk', 'checkCoverage', 'closeToolbox'];

describe('unreachable target', function () {
  this.timeout(60_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();

  const cases: {
    what: string;
    target: () => RecoveryTarget;
    code: string;
    says: RegExp;
    byName?: true;
  }[] = [
    {
      what: 'an hour ahead',
      target: () => ({ kind: 'time', time: hours(1) }),
      code: 'DR-TARGET-UNREACHABLE',
      says: /lies 3\d\d\d s in the future .*the last reachable commit is \d{4}-\d\d-\d\dT/,
    },
    {
      what: 'behind what the primary has written',
      target: () => ({ kind: 'lsn', lsn: 'FF/0', stop: 'before' }),
      code: 'DR-TARGET-UNREACHABLE',
      says: /the last reachable commit is \d{4}-\d\d-\d\dT.*the primary itself has only written up to LSN 0\//,
    },
    {
      what: 'before the first backup',
      target: () => ({ kind: 'time', time: hours(-24) }),
      code: 'DR-TARGET-INSIDE-BACKUP',
      says: /its first usable target is \d{4}-\d\d-\d\dT/,
    },
    {
      what: 'a restore point that was never made',
      byName: true,
      target: () => ({ kind: 'name', name: 'before-the-relase' }),
      code: 'DR-TARGET-UNREACHABLE',
      says: /restore point before-the-relase.*the last reachable commit is \d{4}.*no restore point of that name/,
    },
    {
      what: 'a transaction that never was',
      target: () => ({ kind: 'xid', xid: '2000000000', stop: 'before' }),
      code: 'DR-TARGET-UNREACHABLE',
      says: /transaction 2000000000 neither committed nor aborted.*the last reachable commit is \d{4}/,
    },
  ];

  for (const { what, target, code, says, byName } of cases) {
    it(`${what}: refused, with what can be had, and nothing touched`, async () => {
      const before = await shandi.footprint();
      // A name or a number must be looked for in all WAL behind a backup, so a near one is asked for.
      const input = byName ? { target: target(), backup: await shandi.chosenBackup() } : { target: target() };
      const handle = await shandi.recover(input);
      const failure = await failureOf(handle);

      // Beside the reason there may be others: backups on timelines that earlier tests left behind.
      assert.match(failure.message, new RegExp(`^${code}: `, 'm'));
      assert.match(failure.message, says);
      const done = (await triedActivities(handle)).map((one) => one.type);
      const expected = byName ? inToolbox : readingOnly;
      assert.deepEqual([...new Set(done)].sort(), [...expected].sort(), 'it only read');
      assert.ok(done.length <= expected.length + 1, done.join(' '));
      assert.deepEqual(await shandi.footprint(), before);
      const { startTime, closeTime } = await handle.describe();
      console.log(
        `        refused after ${(closeTime?.getTime() ?? 0) - startTime.getTime()} ms, ${done.length} activities`,
      );
    });
  }
});
