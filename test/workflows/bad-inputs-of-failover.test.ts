import assert from 'node:assert/strict';
import type { ProcedureName } from '../../workflows/contracts/names';
import { FakeSite } from '../support/fake-site';
import { House, lockOf } from '../support/house';
import { failureOf, openCard, until } from '../support/runs';

const good = { database: 'shandi', reason: 'test', by: 'tester' };
const at = '2026-11-22T17:00:00.000Z';
const sample = {
  service: 'postgres',
  systemIdentifier: '7',
  timeline: 1,
  lsn: '0/6000000',
  nextXid: '1000',
  heartbeatAt: at,
  at,
};
const sighting = { verdict: 'died', reasons: ['it is gone'], seenAt: at };

const moving: ProcedureName[] = ['databaseFailover', 'databaseSwitchover', 'reprotectDatabase', 'databaseRestart'];
const all: ProcedureName[] = [...moving, 'guardDatabase'];

/** Input as a person pastes it, and what the sentence must hold: the path, the value, what was expected. */
const ofEach: [string, (input: Record<string, unknown>) => unknown, RegExp[]][] = [
  ['nothing at all', () => undefined, [/whole value/, /is nothing/]],
  ['a string', () => 'shandi', [/whole value.*"shandi"/, /expected object/]],
  ['a list', (input) => [input], [/whole value/, /expected object/]],
  ['an unknown key', (input) => ({ ...input, forse: true }), [/forse/]],
  ['no database', ({ by, reason }) => ({ by, reason }), [/database of the input of \w+ is nothing/]],
  [
    'a database with a blank',
    (input) => ({ ...input, database: 'the shandi' }),
    [/database.*"the shandi"/, /in the plan/],
  ],
  ['nobody who started it', ({ database, reason }) => ({ database, reason }), [/by of the input of \w+ is nothing/]],
  ['an empty reason', (input) => ({ ...input, reason: ' ' }), [/reason of the input of \w+ is " "/]],
  ['a plan hash that is none', (input) => ({ ...input, planHash: 'abc' }), [/planHash.*"abc"/, /SHA-256/]],
  ['another plan', (input) => ({ ...input, planHash: '0'.repeat(64) }), [/the plan has hash [0-9a-f]{64}/]],
  ['several faults at once', () => ({ database: 'X', reason: '', by: 7 }), [/database/, /reason/, /by.*7/]],
];

const ofMoving: [string, unknown, RegExp[]][] = [
  ['no reason', { database: 'shandi', by: 'tester' }, [/reason of the input of \w+ is nothing/]],
  ['a wait of one millisecond', { ...good, approvalTimeoutMs: 1 }, [/approvalTimeoutMs.* is 1:/]],
  ['a wait that no timer can keep', { ...good, approvalTimeoutMs: 9e15 }, [/approvalTimeoutMs.* is 9000000000000000:/]],
  ['a wait in words', { ...good, approvalTimeoutMs: '10m' }, [/approvalTimeoutMs.*"10m"/]],
];

const ofOne: [ProcedureName, string, unknown, RegExp[]][] = [
  [
    'databaseFailover',
    'a service that is none',
    { ...good, to: 'Postgres Standby' },
    [/to of the input.*"Postgres Standby"/, /compose service/],
  ],
  [
    'databaseFailover',
    'a policy in words',
    { ...good, policyMayAnswer: 'yes' },
    [/policyMayAnswer.*"yes"/, /expected boolean/],
  ],
  [
    'databaseFailover',
    'a disaster without a zone',
    { ...good, disasterAt: '2026-11-22 17:00:00' },
    [/disasterAt.*"2026-11-22 17:00:00"/],
  ],
  [
    'databaseFailover',
    'a day that does not exist',
    { ...good, disasterAt: '2026-02-30T17:00:00Z' },
    [/disasterAt.*2026-02-30/],
  ],
  [
    'databaseFailover',
    'a sighting without a time',
    { ...good, sighting: { ...sighting, seenAt: 'now' } },
    [/sighting\.seenAt.*"now"/],
  ],
  [
    'databaseFailover',
    'a sighting with something else',
    { ...good, sighting: { ...sighting, sure: true } },
    [/sighting.*\n?.*sure/],
  ],
  [
    'databaseFailover',
    'a sample without a position',
    { ...good, sample: { ...sample, lsn: 'the end' } },
    [/sample\.lsn.*"the end"/, /LSN/],
  ],
  [
    'databaseFailover',
    'a sample with a transaction in words',
    { ...good, sample: { ...sample, nextXid: 'many' } },
    [/sample\.nextXid.*"many"/],
  ],
  [
    'databaseFailover',
    'a sample of no moment',
    { ...good, sample: { ...sample, at: '', heartbeatAt: 'noon' } },
    [/sample\.at.*""/, /sample\.heartbeatAt.*"noon"/],
  ],
  [
    'databaseFailover',
    'a sample of no timeline',
    { ...good, sample: { ...sample, timeline: 0 } },
    [/sample\.timeline.* is 0/],
  ],
  [
    'databaseSwitchover',
    'a service with a slash',
    { ...good, to: 'postgres/standby' },
    [/to of the input.*"postgres\/standby"/],
  ],
  ['databaseSwitchover', 'a stall of nothing', { ...good, stallBudgetMs: 0 }, [/stallBudgetMs.* is 0:/]],
  ['databaseSwitchover', 'a stall of a day', { ...good, stallBudgetMs: 86_400_000 }, [/stallBudgetMs.* is 86400000:/]],
  ['databaseSwitchover', 'a key of a failover', { ...good, policyMayAnswer: true }, [/policyMayAnswer/]],
  ['reprotectDatabase', 'a member that is no name', { ...good, member: '' }, [/member of the input.*""/]],
  ['reprotectDatabase', 'fresh as a number', { ...good, fresh: 1 }, [/fresh of the input.* is 1:/]],
  ['databaseRestart', 'recreate in words', { ...good, recreate: 'no' }, [/recreate of the input.*"no"/]],
  [
    'guardDatabase',
    'something carried that is none',
    { ...good, carried: { frozen: { kind: 'ice' } } },
    [/carried\.frozen\.kind.*"ice"/],
  ],
  [
    'guardDatabase',
    'a failover at no moment',
    { ...good, carried: { lastFailoverAt: 'noon' } },
    [/carried\.lastFailoverAt.*"noon"/],
  ],
];

describe('bad input of what moves a primary: a sentence with path and value, never a stuck run', function () {
  this.timeout(120_000);
  let house: House;
  before(async () => (house = await House.open()));
  after(() => house.close());

  /** The sentence that a start with this input ends with; a workflow task that is stuck never would. */
  const refusal = async (procedure: ProcedureName, input: unknown, workflowId = lockOf(procedure)) =>
    failureOf(
      await house.client.workflow.start(procedure, {
        taskQueue: 'dr-control',
        workflowId,
        args: input === undefined ? [] : [input],
      }),
    );

  for (const procedure of all) {
    const own = ofOne.filter(([name]) => name === procedure).map(([, ...rest]) => rest);
    const cases: [string, unknown, RegExp[]][] = [
      ...ofEach.map(([name, make, expected]): [string, unknown, RegExp[]] => [name, make(good), expected]),
      ...(moving.includes(procedure) ? ofMoving : []),
      ...own,
    ];
    it(`${procedure}: ${cases.length} inputs fail the run at once and touch nothing`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        for (const [name, input, expected] of cases) {
          const failure = await refusal(procedure, input);
          for (const words of expected) assert.match(failure.message, words, `${procedure}: ${name}`);
          assert.match(failure.code, /^DR-(INPUT|PLAN)$/, name);
        }
      });
      assert.deepEqual(site.calls, []);
    });

    it(`${procedure}: a database the plan has not, and an id that is no lock`, async () => {
      const site = new FakeSite();
      await house.with(site, async () => {
        const id = lockOf(procedure);
        const stray = await refusal(procedure, good, 'my-own-id');
        assert.match(stray.message, new RegExp(`workflow id is my-own-id, expected ${id.replaceAll('.', '\\.')}`));
        const unknown = await refusal(procedure, { ...good, database: 'shandy' }, `${id.slice(0, -1)}y`);
        assert.equal(unknown.code, 'DR-UNKNOWN-DATABASE');
        assert.match(unknown.message, /database of the input is "shandy", the plan has: shandi/);
      });
      assert.deepEqual(site.calls, []);
    });
  }

  it('a name that no server has is refused after a look, with those there are', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      for (const [procedure, input] of [
        ['databaseFailover', { to: 'postgres-9' }],
        ['databaseSwitchover', { to: 'postgres-9' }],
        ['reprotectDatabase', { member: 'postgres-9' }],
      ] as const) {
        const failure = await refusal(procedure, { ...good, ...input });
        assert.equal(failure.code, 'DR-INPUT');
        assert.match(failure.message, /"postgres-9"; the standbys .*: postgres-standby/);
      }
    });
    assert.deepEqual(
      site.calls.filter((name) => !['readRoles', 'lastSample', 'surveyServer'].includes(name)),
      [],
    );
  });

  it('two at once on one database: the second is refused by the lock, whichever procedure it is', async () => {
    const site = new FakeSite();
    await house.with(site, async () => {
      const first = await house.start('databaseSwitchover');
      await until(first, 'waiting-approval');
      for (const procedure of moving) await assert.rejects(house.start(procedure), /already started/, procedure);
      await first.signal('reject', { card: openCard(await until(first, 'waiting-approval')), by: 'x', reason: 'x' });
      await failureOf(first);
    });
  });
});
