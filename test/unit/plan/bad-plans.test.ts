import assert from 'node:assert/strict';
import { examinePlan, parsePlan, PlanError } from '../../../plan';
import { changed, SHANDI, type Change } from './support';

interface Case {
  title: string;
  changes: Change[];
  path: string;
  value: string;
  expected: RegExp;
}

const service = (index: number, key: string): Change[0] => ['services', index, key];
const database = (...keys: string[]): Change[0] => ['databases', 0, ...keys];

const CASES: Case[] = [
  {
    title: 'a misspelt key',
    changes: [[service(0, 'prot'), 8000]],
    path: 'services[0].prot',
    value: '8000',
    expected: /did you mean 'port'/,
  },
  {
    title: 'a transaction that speaks of a later one',
    changes: [[['validation', 'transactions', 0, 'readBack'], '/api/orders/$id:payment']],
    path: 'validation.transactions[0].readBack',
    value: '"/api/orders/$id:payment"',
    expected: /of an earlier one \(order\), not of payment/,
  },
  {
    title: 'a scenario that begins by itself and is none',
    changes: [[['incidents', 'automatic'], ['service-outrage']]],
    path: 'incidents.automatic[0]',
    value: '"service-outrage"',
    expected: /name of a scenario of this plan; did you mean 'service-outage'/,
  },
  {
    title: 'a manual process of a service there is not',
    changes: [[['businessContinuity', 'manualProcesses', 0, 'services'], ['oder-service']]],
    path: 'businessContinuity.manualProcesses[0].services[0]',
    value: '"oder-service"',
    expected: /name of a service of this plan; did you mean 'order-service'/,
  },
  {
    title: 'a key nobody knows',
    changes: [[['colour'], 'red']],
    path: 'colour',
    value: '"red"',
    expected: /one of the keys version, name/,
  },
  {
    title: 'a misspelt key deep inside',
    changes: [[['services', 2, 'health'], { pth: '/h' }]],
    path: 'services[2].health.pth',
    value: '"/h"',
    expected: /did you mean 'path'/,
  },
  {
    title: 'a missing key',
    changes: [[service(3, 'tier')]],
    path: 'services[3].tier',
    value: 'is missing',
    expected: /name of a tier/,
  },
  {
    title: 'a port out of range',
    changes: [[service(6, 'port'), 99999]],
    path: 'services[6].port',
    value: '99999',
    expected: /from 1 to 65535/,
  },
  {
    title: 'a port as text',
    changes: [[service(6, 'port'), '8006']],
    path: 'services[6].port',
    value: '"8006"',
    expected: /port number/,
  },
  {
    title: 'a recipient that is none',
    changes: [[['backups', 'recipient'], 'age1short']],
    path: 'backups.recipient',
    value: '"age1short"',
    expected: /an age recipient/,
  },
  {
    title: 'an identity in what only it opens',
    changes: [[['backups', 'identity'], { file: './platform/state/shandi/identity.txt' }]],
    path: 'backups.identity.file',
    value: '"./platform/state/shandi/identity.txt"',
    expected: /a file outside of platform\/state\/shandi, which is backed up/,
  },
  {
    title: 'an identity beside what it opens',
    changes: [[['backups', 'identity'], { file: 'platform/backups/shandi/identity.txt' }]],
    path: 'backups.identity.file',
    value: '"platform/backups/shandi/identity.txt"',
    expected: /a file outside of platform\/backups\/shandi/,
  },
  {
    title: 'an identity itself instead of its place',
    changes: [[['backups', 'identity'], { file: 'AGE-SECRET-KEY-1QQQQQQQQ' }]],
    path: 'backups.identity.file',
    value: '(hidden)',
    expected: /reference to the secret/,
  },
  {
    title: 'a duration without a unit',
    changes: [[['tiers', 0, 'rto'], 15]],
    path: 'tiers[0].rto',
    value: '15',
    expected: /duration with its unit/,
  },
  {
    title: 'a duration in words',
    changes: [[['tiers', 0, 'rpo'], '5 minutes']],
    path: 'tiers[0].rpo',
    value: '"5 minutes"',
    expected: /duration with its unit/,
  },
  {
    title: 'an RTO of nothing',
    changes: [[['tiers', 1, 'rto'], '0s']],
    path: 'tiers[1].rto',
    value: '"0s"',
    expected: /longer than nothing/,
  },
  {
    title: 'a rate without a unit',
    changes: [[database('rates', 'copy'), '600']],
    path: 'databases[0].rates.copy',
    value: '"600"',
    expected: /rate with its unit/,
  },
  {
    title: 'a port used twice',
    changes: [[service(1, 'port'), 8000]],
    path: 'services[1].port',
    value: '8000',
    expected: /services\[0\]\.port has it already/,
  },
  {
    title: 'a service on the port of the pooler',
    changes: [[service(1, 'port'), 6432]],
    path: 'databases[0].pooler.port',
    value: '6432',
    expected: /services\[1\]\.port has it already/,
  },
  {
    title: 'a name used twice',
    changes: [[service(1, 'name'), 'api-gateway']],
    path: 'services[1].name',
    value: '"api-gateway"',
    expected: /used once; services\[0\] has it/,
  },
  {
    title: 'a store named like a service',
    changes: [[['stores', 0, 'name'], 'ai-service']],
    path: 'stores[0].name',
    value: '"ai-service"',
    expected: /used once/,
  },
  {
    title: 'a gate decided twice',
    changes: [[['approvals', 1, 'gate'], 'pitr.cut-over']],
    path: 'approvals[1].gate',
    value: '"pitr.cut-over"',
    expected: /used once/,
  },
  {
    title: 'an unknown tier',
    changes: [[service(4, 'tier'), 'P9']],
    path: 'services[4].tier',
    value: '"P9"',
    expected: /name of a tier/,
  },
  {
    title: 'an unknown site',
    changes: [[database('site'), 'primry']],
    path: 'databases[0].site',
    value: '"primry"',
    expected: /did you mean 'primary'/,
  },
  {
    title: 'an unknown dependency',
    changes: [[service(6, 'dependsOn'), ['shandi', 'rediss']]],
    path: 'services[6].dependsOn[1]',
    value: '"rediss"',
    expected: /did you mean 'redis'/,
  },
  {
    title: 'a gateway before an unknown service',
    changes: [[['gateway', 'upstreams'], ['web']]],
    path: 'gateway.upstreams[0]',
    value: '"web"',
    expected: /name of a service/,
  },
  {
    title: 'a backup of an unknown database',
    changes: [[['backups', 'database', 0, 'database'], 'crm']],
    path: 'backups.database[0].database',
    value: '"crm"',
    expected: /name of a database/,
  },
  {
    title: 'an approver nobody can call',
    changes: [[['approvals', 0, 'approvers'], ['Night Porter']]],
    path: 'approvals[0].approvers[0]',
    value: '"Night Porter"',
    expected: /name of a contact/,
  },
  {
    title: 'a cycle',
    changes: [[service(1, 'dependsOn'), ['api-gateway']]],
    path: 'services[0].dependsOn',
    value: '["auth-service"]',
    expected: /api-gateway → auth-service → api-gateway/,
  },
  {
    title: 'a service that needs itself',
    changes: [[service(5, 'dependsOn'), ['customer-service']]],
    path: 'services[5].dependsOn',
    value: '["customer-service"]',
    expected: /customer-service → customer-service/,
  },
  {
    title: 'a cron line with a bad hour',
    changes: [[['schedules', 0, 'cron'], '0 25 * * *']],
    path: 'schedules[0].cron',
    value: '"0 25 * * *"',
    expected: /'25' is not an hour from 0 to 23/,
  },
  {
    title: 'a cron line of four fields',
    changes: [[['backups', 'database', 0, 'cron'], '0 2 * *']],
    path: 'backups.database[0].cron',
    value: '"0 2 * *"',
    expected: /4 field\(s\) instead of 5/,
  },
  {
    title: 'a local time zone',
    changes: [[['schedules', 0, 'timezone'], 'Asia/Jakarta']],
    path: 'schedules[0].timezone',
    value: '"Asia/Jakarta"',
    expected: /"UTC", the only value supported/,
  },
  {
    title: 'an engine without TLS',
    changes: [[['sites', 1, 'engine'], { host: 'backup', port: 2375 }]],
    path: 'sites[1].engine.tls',
    value: 'is missing',
    expected: /mapping/,
  },
  {
    title: 'an engine as text',
    changes: [[['sites', 1, 'engine'], 'tcp://backup:2375']],
    path: 'sites[1].engine',
    value: '"tcp://backup:2375"',
    expected: /\{ socketPath \} or/,
  },
  {
    title: 'no primary site',
    changes: [[['sites', 0, 'role'], 'backup']],
    path: 'sites',
    value: '[{',
    expected: /role 'primary'/,
  },
  {
    title: 'two primary sites',
    changes: [[['sites', 1, 'role'], 'primary']],
    path: 'sites[1].role',
    value: '"primary"',
    expected: /another site is the primary/,
  },
  {
    title: 'a PostgreSQL nobody supports',
    changes: [[database('version'), 9]],
    path: 'databases[0].version',
    value: '9',
    expected: /15 to 18/,
  },
  {
    title: 'one device for every copy',
    changes: [
      [database('copyVolume'), { driver: 'local', options: { type: 'none', o: 'bind', device: '/mnt/recovery' } }],
    ],
    path: 'databases[0].copyVolume.options',
    value: '',
    expected: /placeholder \{key\}/,
  },
  {
    title: 'a table name with a statement in it',
    changes: [[database('heartbeatTable'), 'x; DROP TABLE users']],
    path: 'databases[0].heartbeatTable',
    value: '"x; DROP TABLE users"',
    expected: /plain PostgreSQL identifier/,
  },
  {
    title: 'a business query that writes',
    changes: [[['databases', 0, 'businessQueries', 0, 'sql'], 'DELETE FROM users']],
    path: 'databases[0].businessQueries[0].sql',
    value: '"DELETE FROM users"',
    expected: /SELECT/,
  },
  {
    title: 'a range upside down',
    changes: [[['databases', 0, 'businessQueries', 0, 'expect'], { min: 5, max: 1 }]],
    path: 'databases[0].businessQueries[0].expect',
    value: '{"min":5,"max":1}',
    expected: /min is not above its max/,
  },
  {
    title: 'silence as consent',
    changes: [[['approvals', 0, 'onExpiry'], 'approve']],
    path: 'approvals[0].onExpiry',
    value: '"approve"',
    expected: /"reject", the only value supported/,
  },
  {
    title: 'a probability nobody defined',
    changes: [[['scenarios', 0, 'probability'], 'tiny']],
    path: 'scenarios[0].probability',
    value: '"tiny"',
    expected: /one of "low", "medium", "high"/,
  },
  {
    title: 'a phase that ends before it begins',
    changes: [[['checklist', 1, 'to'], '10m']],
    path: 'checklist[1].to',
    value: '"10m"',
    expected: /later than 'from', which is 15m/,
  },
  {
    title: 'a milestone there is not',
    changes: [[['checklist', 0, 'items', 0], { text: 'Detect', done: 'finished' }]],
    path: 'checklist[0].items[0].done',
    value: '"finished"',
    expected: /a milestone: assessed, notified/,
  },
  {
    title: 'an address of a webhook that is none',
    changes: [[['channels', 'webhooks'], [{ name: 'pager', url: 'pager.example.com' }]]],
    path: 'channels.webhooks[0].url',
    value: '',
    expected: /an https:\/\/ address/,
  },
  {
    title: 'a health check slower than its interval',
    changes: [[['services', 0, 'health'], { interval: '5s', timeout: '10s' }]],
    path: 'services[0].health.timeout',
    value: '"10s"',
    expected: /not longer than 'interval'/,
  },
  {
    title: 'a phone number in words',
    changes: [[['contacts', 0, 'phone'], 'reception']],
    path: 'contacts[0].phone',
    value: '"reception"',
    expected: /phone number with its country code/,
  },
  {
    title: 'a list where text belongs',
    changes: [[['organisation'], ['The Shandi']]],
    path: 'organisation',
    value: '["The Shandi"]',
    expected: /text/,
  },
  {
    title: 'text where a list belongs',
    changes: [[['services'], 'all']],
    path: 'services',
    value: '"all"',
    expected: /a list/,
  },
  {
    title: 'an availability above 100',
    changes: [[['objectives', 'kpis', 'availability'], 999]],
    path: 'objectives.kpis.availability',
    value: '999',
    expected: /percentage/,
  },
  {
    title: 'a service name that cannot be a workflow id',
    changes: [[service(0, 'name'), 'API Gateway']],
    path: 'services[0].name',
    value: '"API Gateway"',
    expected: /lower-case letters/,
  },
];

describe('a bad plan is refused with a sentence', () => {
  for (const { title, changes, path, value, expected } of CASES) {
    it(title, () => {
      const { plan, faults } = examinePlan(changed(...changes), 'bad.yaml');
      assert.equal(plan, undefined);
      const fault = faults.find((item) => item.path === path);
      assert.ok(fault, `no fault at ${path}: ${faults.map((item) => item.sentence).join('\n')}`);
      assert.ok(fault.sentence.includes(`${path} `), fault.sentence);
      assert.ok(fault.sentence.includes(value), fault.sentence);
      assert.match(fault.sentence, expected);
      assert.match(fault.sentence, /^bad\.yaml:\d+: .*; expected .*\.$/);
    });
  }

  const secret = 'hunter2-do-not-print';
  const secrets: [title: string, change: Change, path: string][] = [
    ['a password by value', [database('clientPath', 'password'), secret], 'databases[0].clientPath.password'],
    ['a pass phrase by value', [database('backup', 'cipherPass'), secret], 'databases[0].backup.cipherPass'],
    ['a secret under a key nobody knows', [['gateway', 'apiToken'], secret], 'gateway.apiToken'],
    [
      'a password in the input of a schedule',
      [['schedules', 0, 'input'], { dbPassword: secret }],
      'schedules[0].input.dbPassword',
    ],
    [
      'the password of the mail server',
      [['channels', 'smtp'], { host: 'mail', from: 'a@example.com', password: secret }],
      'channels.smtp.password',
    ],
    [
      'the address of a webhook with its credentials',
      [['channels', 'webhooks'], [{ name: 'pager', url: `https://a:${secret}@example.com` }]],
      'channels.webhooks[0].url',
    ],
    [
      'credentials in an address',
      [['channels', 'statusPageApi'], `https://ops:${secret}@status.theshandi.com`],
      'channels.statusPageApi',
    ],
  ];
  for (const [title, change, path] of secrets) {
    it(`${title}, without repeating it`, () => {
      const { faults } = examinePlan(changed(change), 'bad.yaml');
      const sentences = faults.map((item) => item.sentence).join('\n');
      assert.ok(
        faults.some((item) => item.path === path && item.value === '(hidden)'),
        sentences,
      );
      assert.match(sentences, /reference to the secret/);
      assert.ok(!JSON.stringify(faults).includes(secret), sentences);
    });
  }

  it('all faults at once, in the order of the file', () => {
    const text = changed(
      [service(0, 'port'), 0],
      [service(1, 'dependsOn'), ['api-gateway']],
      [service(2, 'tier'), 'P9'],
      [['colour'], 'red'],
    );
    assert.throws(
      () => parsePlan(text, 'bad.yaml'),
      (error: unknown) => {
        assert.ok(error instanceof PlanError);
        const paths = error.faults.map((fault) => fault.path);
        assert.deepEqual(paths, ['services[0].port', 'services[0].dependsOn', 'services[2].tier', 'colour']);
        assert.match(error.message, /bad\.yaml cannot be used, it has 4 faults/);
        return true;
      },
    );
  });

  it('a key that stands twice, with its line and what else is wrong', () => {
    const text = SHANDI.replace('organisation: The Shandi', 'organisation: The Shandi\norganisation: Another').replace(
      'port: 8003',
      'port: none',
    );
    const { faults } = examinePlan(text, 'bad.yaml');
    assert.equal(faults.length, 2);
    assert.match(faults[0]?.sentence ?? '', /^bad\.yaml:\d+: the document .*every key once/);
    assert.equal(faults[1]?.path, 'services[3].port');
    const line = text.split('\n').findIndex((item) => item.includes('port: none')) + 1;
    assert.equal(faults[1]?.line, line);
    assert.equal(faults[1]?.entry, 'menu-service');
  });

  for (const [title, text] of [
    ['a bracket that is never closed', SHANDI.replace('dependsOn: [auth-service]', 'dependsOn: [auth-service')],
    ['an alias without an anchor', SHANDI.replace('health: *health', 'health: *helth')],
    ['an anchor that contains itself', SHANDI.replace('dependsOn: [auth-service]', 'dependsOn: &a [*a]')],
    ['two documents', `${SHANDI}\n---\n${SHANDI}`],
    ['a tab for indentation', SHANDI.replace('  lastUpdated:', '\tlastUpdated:')],
  ] as const) {
    it(`YAML with ${title}`, () => {
      const { faults } = examinePlan(text, 'bad.yaml');
      assert.match(faults[0]?.sentence ?? '', /^bad\.yaml:\d+: the document is not readable; expected YAML/);
    });
  }

  for (const text of ['', '- a\n- b\n', 'just text']) {
    it(`a document that is ${JSON.stringify(text)}`, () => {
      const { faults } = examinePlan(text, 'bad.yaml');
      assert.equal(faults.length, 1);
      assert.match(faults[0]?.sentence ?? '', /the document .*expected a mapping of keys to values/);
    });
  }
});
