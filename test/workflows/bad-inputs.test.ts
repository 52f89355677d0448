import assert from 'node:assert/strict';
import { FakeSite } from '../support/fake-site';
import { House } from '../support/house';
import { failureOf, openCard, until } from '../support/runs';

const good = { database: 'shandi', target: { kind: 'latest' }, reason: 'test', by: 'tester' };
const when = '2026-11-22T17:00:00Z';

/** Input as a person pastes it, and the words the sentence must hold: where, what, what was expected. */
const inputs: [string, unknown, RegExp[]][] = [
  ['nothing at all', undefined, [/whole value/, /is nothing/]],
  ['a string', 'shandi', [/whole value.*"shandi"/, /expected object/]],
  ['a list', [good], [/whole value/, /expected object/]],
  ['an empty object', {}, [/database of the input/, /target of the input/, /reason of the input/, /by of the input/]],
  ['an unknown field', { ...good, databse: 'x' }, [/databse/]],
  [
    'a database with a blank',
    { ...good, database: 'the shandi' },
    [/database.*"the shandi"/, /name of a database in the plan/],
  ],
  ['a database the plan has not', { ...good, database: 'shandy' }, [/"shandy"/, /the plan has: shandi/]],
  ['no target kind', { ...good, target: {} }, [/target/]],
  ['an unknown target kind', { ...good, target: { kind: 'yesterday' } }, [/target\.kind.*"yesterday"/]],
  [
    'a time without offset',
    { ...good, target: { kind: 'time', time: '2026-11-22 17:00:00' } },
    [/target\.time/, /explicit numeric offset/],
  ],
  [
    'a time with a zone name',
    { ...good, target: { kind: 'time', time: '2026-11-22 17:00:00 CET' } },
    [/CET/, /zone names are not accepted/],
  ],
  [
    'a day that does not exist',
    { ...good, target: { kind: 'time', time: '2026-13-45T17:00:00Z' } },
    [/2026-13-45/, /exists in the calendar/],
  ],
  ['half an LSN', { ...good, target: { kind: 'lsn', lsn: '0' } }, [/target\.lsn.*"0"/, /LSN such as/]],
  ['a wrong side', { ...good, target: { kind: 'lsn', lsn: '0/1', stop: 'at' } }, [/target\.stop.*"at"/]],
  [
    'a transaction id of words',
    { ...good, target: { kind: 'xid', xid: 'the bad one' } },
    [/target\.xid.*"the bad one"/],
  ],
  [
    'a transaction id as a number',
    { ...good, target: { kind: 'xid', xid: 48213 } },
    [/target\.xid.*48213/, /expected string/],
  ],
  [
    'a restore point with a quote',
    { ...good, target: { kind: 'name', name: "x'; drop" } },
    [/target\.name/, /restore point/],
  ],
  ['a field of another target kind', { ...good, target: { kind: 'latest', time: when } }, [/target/, /time/]],
  ['an unknown mode', { ...good, mode: 'dry-run' }, [/mode.*"dry-run"/]],
  [
    'a backup label of another tool',
    { ...good, backup: 'base_000000010000' },
    [/backup.*base_0000/, /pgBackRest backup label/],
  ],
  ['timeline zero', { ...good, timeline: 0 }, [/timeline.*0/]],
  ['an empty reason', { ...good, reason: '  ' }, [/reason/]],
  ['a wait of one millisecond', { ...good, approvalTimeoutMs: 1 }, [/approvalTimeoutMs.*1/]],
  ['a plan hash that is none', { ...good, planHash: 'abc' }, [/planHash.*"abc"/, /SHA-256/]],
  ['another plan', { ...good, planHash: '0'.repeat(64) }, [/the plan has hash [0-9a-f]{64}/, /started for 0000/]],
  ['several faults at once', { ...good, timeline: -1, mode: 'x', by: '' }, [/timeline/, /mode/, /by/]],
];

/** Messages to a run that stands at its gate; each must be refused with a sentence and change nothing. */
const messages: [string, unknown, RegExp][] = [
  ['approve', undefined, /whole value.*nothing/],
  ['approve', 'yes', /whole value.*"yes"/],
  ['approve', {}, /card of the message "approve" is nothing/],
  ['approve', { card: 'CARD', by: '', reason: 'x' }, /by of the message/],
  ['approve', { card: 'CARD', by: 'me', reason: '' }, /reason of the message/],
  ['approve', { card: '000000000000', by: 'me', reason: 'x' }, /card "000000000000" is not the open one/],
  ['approve', { card: 'CARD', by: 'me', reason: 'x', force: true }, /force/],
  ['reject', { card: 7, by: 'me', reason: 'x' }, /card of the message "reject" is 7/],
  ['resolve', { action: 'ignore', by: 'me', reason: 'x' }, /action of the message "resolve" is "ignore"/],
  ['resolve', { action: 'retry', by: 'me', reason: 'x' }, /no step of this run is held/],
  ['resume', { by: 'me', reason: 'x' }, /the run is not paused/],
  ['pause', { by: 'me' }, /reason of the message "pause" is nothing/],
  ['abort', null, /whole value.*null/],
  ['retarget', { target: { kind: 'time', time: 'noon' }, by: 'me', reason: 'x' }, /time of the target is "noon"/],
  ['retarget', { target: 'earlier', by: 'me', reason: 'x' }, /target is "earlier"/],
];

describe('bad input: a sentence with path and value, never a stuck run', function () {
  this.timeout(60_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  it(`${inputs.length} inputs fail the run at once and touch nothing`, async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      for (const [name, input, expected] of inputs) {
        const handle = await house.client.workflow
          .start('pointInTimeRecovery', {
            taskQueue: 'dr-control',
            workflowId: 'recover.database.shandi',
            args: input === undefined ? [] : [input],
          })
          .catch((error: Error) => assert.fail(`${name}: ${error.message}`));
        // The id must fit the resource before anything else is looked at, so the unknown database gets its own.
        const failure = await failureOf(handle);
        if (name === 'a database the plan has not') {
          assert.match(failure.message, /expected recover\.database\.shandy/);
          const own = await house.client.workflow.start('pointInTimeRecovery', {
            taskQueue: 'dr-control',
            workflowId: 'recover.database.shandy',
            args: [input],
          });
          const refused = await failureOf(own);
          for (const words of expected) assert.match(refused.message, words, name);
          continue;
        }
        for (const words of expected) assert.match(failure.message, words, name);
        assert.match(failure.code, /^DR-(INPUT|PLAN)$/, name);
      }
    });
    assert.deepEqual(site.calls, []);
  });

  it(`${messages.length} messages are refused with a sentence, as update and as signal`, async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const handle = await house.recover();
      const card = openCard(await until(handle, 'waiting-approval'));
      const filled = (message: unknown): unknown =>
        message && typeof message === 'object' && (message as { card?: unknown }).card === 'CARD'
          ? { ...message, card }
          : message;
      for (const [name, message, expected] of messages) {
        const args = (message === undefined ? [] : [filled(message)]) as [unknown];
        await assert.rejects(
          handle.executeUpdate(name, { args }),
          (error: Error) => expected.test(String(error.cause)),
          `${name} ${JSON.stringify(message)}`,
        );
        await handle.signal(name, ...args);
      }
      const view = await until(handle, 'waiting-approval');
      const refused = view.timeline.filter((one) => one.kind === 'refused');
      assert.equal(refused.length, messages.length);
      messages.forEach(([, , expected], index) => assert.match(refused[index]?.text ?? '', expected));
      assert.equal(openCard(view), card);
      await handle.cancel();
      await failureOf(handle);
    });
  });
});
