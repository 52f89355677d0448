/** The rules by which a database changes its primary: what holds without a word, and what is refused, with its path. */
import assert from 'node:assert/strict';
import { examinePlan, parsePlan, planDocument } from '../../../plan';
import { failover, replication } from '../../../plan/schema/failover';
import { changed, SHANDI, type Change } from './support';

const database = (...keys: (string | number)[]): Change[0] => ['databases', 0, ...keys];
const rule = (key: string, value: unknown): [Change, string] => [
  [database('failover', key), value],
  `databases[0].failover.${key}`,
];

/** What is changed, where the fault is, the value and the expectation its sentence shows. */
const cases: [string, [Change, string], string, RegExp][] = [
  ['a misspelt rule', rule('automtic', true), 'true', /did you mean 'automatic'/],
  ['an interval without a unit', rule('minimumInterval', 600), '600', /duration with its unit/],
  ['an interval in words', rule('minimumInterval', 'ten minutes'), '"ten minutes"', /duration with its unit/],
  ['automatic as a word', rule('automatic', 'sometimes'), '"sometimes"', /true or false/],
  ['fewer rounds than make a certainty', rule('rounds', 2), '2', /a whole number of rounds, 3 or more/],
  ['half a round', rule('rounds', 3.5), '3.5', /a whole number of rounds, 3 or more/],
  ['a probe without a time', rule('probeTimeout', '0s'), '"0s"', /longer than nothing/],
  ['no pause between looks', rule('probeInterval', '0ms'), '"0ms"', /longer than nothing/],
  ['a stall of nothing', rule('stallBudget', '0s'), '"0s"', /longer than nothing/],
  ['a silence that no standby could keep', rule('standbyMaxSilence', '0s'), '"0s"', /longer than nothing/],
  ['a restart budget without a unit', rule('restartBudget', '5'), '"5"', /duration with its unit/],
  ['reprotect as a number', rule('reprotect', 1), '1', /true or false/],
  [
    'a replication role with a quote',
    [[database('replication', 'user'), "x'"], 'databases[0].replication.user'],
    '"x\'"',
    /plain PostgreSQL identifier/,
  ],
  [
    'commits that wait for nobody',
    [[database('replication', 'synchronous'), { standbys: 0 }], 'databases[0].replication.synchronous.standbys'],
    '0',
    /a whole number of standbys, 1 or more/,
  ],
  [
    'commits that wait for more standbys than there are',
    [[database('replication', 'synchronous'), { standbys: 2 }], 'databases[0].replication.synchronous.standbys'],
    '2',
    /not more standbys than the database has, which is 1/,
  ],
  [
    'commits that are let through at once',
    [
      [database('replication', 'synchronous'), { degradeAfter: '0s' }],
      'databases[0].replication.synchronous.degradeAfter',
    ],
    '"0s"',
    /longer than nothing/,
  ],
  ['no way to replicate', [[database('replication')], 'databases[0].replication'], 'is missing', /mapping/],
  [
    'services that nobody defined hold the address',
    [[database('addressedBy', 0, 'services'), ['analytics-servise']], 'databases[0].addressedBy[0].services[0]'],
    '"analytics-servise"',
    /did you mean 'analytics-service'/,
  ],
  [
    'nobody who holds the address',
    [[database('addressedBy', 0, 'services'), []], 'databases[0].addressedBy[0].services'],
    '[]',
    /at least one service/,
  ],
  [
    'a variable in small letters',
    [[database('addressedBy', 0, 'variable'), 'host'], 'databases[0].addressedBy[0].variable'],
    '"host"',
    /name of an environment variable/,
  ],
  [
    'a standby under the name of the primary',
    [[database('standbys', 0, 'service'), 'postgres'], 'databases[0].standbys[0].service'],
    '"postgres"',
    /a service that is used once; databases\[0\] has it already/,
  ],
  [
    'a standby at a site that is none',
    [[database('standbys', 0, 'site'), 'bakcup'], 'databases[0].standbys[0].site'],
    '"bakcup"',
    /did you mean 'backup'/,
  ],
  [
    'a standby on the port of the primary',
    [[database('standbys', 0, 'port'), 5432], 'databases[0].standbys[0].port'],
    '5432',
    /databases\[0\]\.port has it already/,
  ],
  [
    'a gate that waits for a lifetime',
    [[['approvals', 1, 'expires'], '99999999d'], 'approvals[1].expires'],
    '"99999999d"',
    /a year at most/,
  ],
];

describe('a bad rule for failover is refused with a sentence', () => {
  for (const [title, [change, path], value, expected] of cases)
    it(title, () => {
      const { plan, faults } = examinePlan(changed(change), 'bad.yaml');
      assert.equal(plan, undefined);
      const fault = faults.find((one) => one.path === path);
      assert.ok(fault, `no fault at ${path}: ${faults.map((one) => one.sentence).join('\n')}`);
      assert.ok(fault.sentence.includes(`${path} `) && fault.sentence.includes(value), fault.sentence);
      assert.match(fault.sentence, expected);
    });
});

describe('the rules for failover', () => {
  it('hold without a word, in milliseconds', () => {
    assert.deepEqual(failover.parse({}), {
      automatic: true,
      minimumInterval: 600_000,
      restartBudget: 0,
      probeInterval: 400,
      probeTimeout: 600,
      rounds: 3,
      standbyMaxSilence: 10_000,
      stallBudget: 5_000,
      reprotect: true,
    });
    const user = { user: 'replicator', password: { env: 'X' } };
    assert.deepEqual(replication.parse({ ...user, synchronous: {} }).synchronous, { standbys: 1, degradeAfter: 5_000 });
    assert.equal(replication.parse(user).synchronous, undefined, 'asynchronous unless asked');
  });

  it('may forgo pauses between failovers, and a wait for a restart', () => {
    const text = changed(rule('minimumInterval', '0s')[0], rule('restartBudget', '0s')[0]);
    assert.equal(parsePlan(text, 'x.yaml').databases[0]?.failover.minimumInterval, 0);
  });

  it('are the same after they were written and read again', () => {
    const plan = parsePlan(SHANDI, 'shandi.yaml');
    const again = parsePlan(JSON.stringify(planDocument(plan)), 'again.yaml');
    assert.deepEqual(again.databases[0]?.failover, plan.databases[0]?.failover);
    assert.deepEqual(again.approvals, plan.approvals);
  });
});
