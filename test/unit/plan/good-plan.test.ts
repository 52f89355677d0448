import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import {
  derivePlan,
  examinePlan,
  hashPlan,
  loadPlan,
  parsePlan,
  planJsonSchema,
  PlanError,
  renderPlan,
  writePlan,
} from '../../../plan';
import { changed, ROOT, SHANDI } from './support';

const FILE = resolve(ROOT, 'plan/shandi.yaml');

describe("The Shandi's plan", () => {
  it('has no fault and no warning, and is parsed to milliseconds', async () => {
    const { plan, root, hash, warnings } = await loadPlan(FILE);
    assert.deepEqual(warnings, []);
    assert.equal(root, ROOT);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(plan.services.length, 15);
    assert.deepEqual(
      plan.services.map((service) => service.port),
      Array.from({ length: 15 }, (_, index) => 8000 + index),
    );
    assert.deepEqual(plan.tiers[0], { name: 'P1', title: 'Critical', rto: 900_000, rpo: 300_000 });
    assert.equal(plan.scenarios.length, 7);
    assert.deepEqual(plan.services[0]?.health, {
      path: '/health',
      interval: 30_000,
      timeout: 10_000,
      retries: 3,
      startPeriod: 40_000,
    });
    assert.equal(plan.databases[0]?.rates.copy, 600_000_000);
    assert.deepEqual(plan.approvals[0]?.driftTolerance, { seconds: 600_000, transactions: 10_000 });
  });

  it('survives JSON: it travels from an activity to a workflow', () => {
    const plan = parsePlan(SHANDI, 'shandi.yaml');
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  });

  it('fills in the defaults of health checks and schedules', () => {
    const plan = parsePlan(changed([['services', 0, 'health']], [['schedules', 0, 'enabled']]), 'plan.yaml');
    assert.equal(plan.services[0]?.health.startPeriod, 40_000);
    assert.equal(plan.schedules[0]?.catchUp, 600_000);
    assert.equal(plan.schedules[0]?.enabled, true);
  });

  it('is rendered with everything in it and no secret place left out', async () => {
    const page = renderPlan(await loadPlan(FILE));
    for (const text of [
      'api-gateway',
      'content-service',
      '+1-555-0203',
      'pitr.cut-over',
      '[ ] Synchronize data',
      'PG_PASSWORD',
    ]) {
      assert.ok(page.includes(text), text);
    }
  });

  it('has a JSON Schema in step with the program (npm run plan:schema writes it)', async () => {
    assert.equal(await readFile(resolve(ROOT, 'plan/shandi.schema.json'), 'utf8'), planJsonSchema());
  });

  it('warns when a service needs one of a lower tier', () => {
    const { plan, warnings } = examinePlan(changed([['services', 6, 'dependsOn'], ['loyalty-service']]), 'plan.yaml');
    assert.ok(plan);
    assert.match(
      warnings[0]?.sentence ?? '',
      /services\[6\]\.dependsOn\[0\] \(order-service\) is "loyalty-service"; .*tier P1/,
    );
  });

  it('says that a file is not there', async () => {
    await assert.rejects(loadPlan('/nowhere/plan.yaml'), (error: unknown) => {
      assert.ok(error instanceof PlanError);
      assert.match(error.message, /\/nowhere\/plan\.yaml: the plan cannot be read, there is no such file/);
      return true;
    });
  });
});

describe('the hash of a plan', () => {
  const hash = (text: string): string => hashPlan(parsePlan(text, 'plan.yaml'));

  it('is the same whatever the comments, the order of keys and the spelling of durations', () => {
    const data = parse(SHANDI) as Record<string, unknown>;
    const reversed = stringify(Object.fromEntries(Object.entries(data).reverse()));
    assert.equal(hash(SHANDI.replace(/^#.*$/gm, '# other words')), hash(SHANDI));
    assert.equal(hash(reversed), hash(SHANDI));
    assert.equal(hash(SHANDI.replace('expires: 30m', 'expires: 1800s')), hash(SHANDI));
  });

  it('changes with every value', () => {
    assert.notEqual(hash(SHANDI.replace('expires: 30m', 'expires: 31m')), hash(SHANDI));
    assert.notEqual(hash(SHANDI.replace('+1-555-0203', '+1-555-0204')), hash(SHANDI));
  });
});

describe('a derived plan', () => {
  const plan = parsePlan(SHANDI, 'shandi.yaml');
  const copy = derivePlan(plan, { project: 'shandi-test', portOffset: 10_000 });

  it('has a project, ports, volumes and a state directory of its own', () => {
    assert.deepEqual(
      copy.sites.map((site) => site.compose.project),
      ['shandi-test', 'shandi-test-backup'],
    );
    assert.equal(copy.sites[0]?.compose.envFile, 'platform/state/shandi-test/.env');
    assert.equal(copy.services[6]?.port, 18_006);
    assert.equal(copy.databases[0]?.pooler.port, 16_432);
    assert.equal(copy.databases[0]?.clientPath.port, 16_432);
    assert.equal(copy.databases[0]?.standbys[0]?.port, 15_433);
    assert.equal(copy.databases[0]?.backup.repositoryVolume, 'shandi-test_pgrepo');
    assert.equal(copy.backups.directory, 'platform/backups/shandi-test');
    assert.deepEqual(copy.backups.recipient, { file: 'platform/keys/shandi-test/recipient.txt' });
    assert.deepEqual(copy.backups.identity, { file: 'platform/keys/shandi-test/identity.txt' });
    assert.doesNotMatch(JSON.stringify(copy), /platform\/state\/shandi(-backup)?\//);
    assert.equal(copy.databases[0]?.name, 'shandi');
  });

  it('tells nobody: people are woken by the platform they know', () => {
    const told = {
      smtp: { host: 'mail.example.com', from: 'dr@example.com' },
      twilio: { account: 'AC0', token: { env: 'T' }, from: '+1-555-0199' },
      slackWebhook: { env: 'S' },
      webhooks: [{ name: 'pager', url: 'https://pager.example.com' }],
    };
    const full = parsePlan(
      changed(...Object.entries(told).map(([key, value]): [string[], unknown] => [['channels', key], value])),
      'plan.yaml',
    );
    assert.equal(full.channels.smtp?.port, 587);
    const { channels } = derivePlan(full, { project: 'shandi-test', portOffset: 10_000 });
    assert.deepEqual(
      [channels.smtp, channels.twilio, channels.slackWebhook, channels.statusPageApi, channels.webhooks],
      [undefined, undefined, undefined, undefined, []],
    );
    assert.equal(channels.statusDirectory, 'platform/state/shandi-test/status');
  });

  const elsewhere: [string, string[], string][] = [
    ['an env file', ['sites', '0', 'compose', 'envFile'], '/srv/shandi/.env'],
    ['the project of another site', ['sites', '1', 'compose', 'project'], 'dr2'],
    ["the pooler's list of databases", ['databases', '0', 'pooler', 'databasesFile'], '/etc/pgbouncer/databases.ini'],
    ['the volume of the backups', ['databases', '0', 'backup', 'repositoryVolume'], 'repo'],
    ['the directory of the bundles', ['backups', 'directory'], '/var/backups/shandi'],
  ];
  for (const [what, path, value] of elsewhere)
    it(`is refused when it would share ${what} with the platform itself`, () => {
      const odd = parsePlan(changed([path, value]), 'plan.yaml');
      assert.throws(
        () => derivePlan(odd, { project: 'shandi-test', portOffset: 10_000 }),
        (error: Error) => error.message.includes(`is "${value}"; expected a name that follows the project`),
      );
    });

  it('is refused when a port would leave the range', () => {
    assert.throws(() => derivePlan(plan, { project: 'x', portOffset: 60_000 }), /services\[0\]\.port .*68000.*65535/);
  });

  it('is written and read back with the same hash and root', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'plan-'));
    try {
      const written = await writePlan(copy, join(directory, 'deep/plan.yaml'), ROOT);
      const read = await loadPlan(written.path);
      assert.equal(read.hash, hashPlan(copy));
      assert.equal(read.hash, written.hash);
      assert.equal(read.root, ROOT);
      assert.deepEqual(read.plan, written.plan);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
