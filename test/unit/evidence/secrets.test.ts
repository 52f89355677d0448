/** A bundle is handed to others: a secret of this machine in any of its files, in any form, and it is not made. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownSecrets, needlesOf, refsIn, secretsIn } from '../../../scripts/evidence/secrets';
import { loadPlan } from '../../../plan';
import { made, savedRun, withEvidence } from '../../support/evidence-bundles';

const value = `pä&ss "w<ord>" it's\\9`;
const known = needlesOf(new Map([['PG_PASSWORD in file .env', value]]));

describe('secrets and evidence bundles', () => {
  const before = process.env['DR_HOME'];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dr-secrets-'));
    process.env['DR_HOME'] = home;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = before;
    rmSync(home, { recursive: true });
  });

  it('a value is found in every form in which it may be printed', () => {
    const forms = {
      plain: value,
      JSON: JSON.stringify({ log: value }),
      'JSON in JSON': JSON.stringify(JSON.stringify({ log: value })),
      address: `postgres://dr:${encodeURIComponent(value)}@db`,
      page: `<p>pä&amp;ss &quot;w&lt;ord&gt;&quot; it&#39;s\\9</p>`,
      base64: Buffer.from(value).toString('base64'),
    };
    for (const [form, text] of Object.entries(forms))
      assert.deepEqual(secretsIn(Buffer.from(text), known), ['the value of PG_PASSWORD in file .env'], form);
    assert.deepEqual(secretsIn(Buffer.from('nothing of the kind'), known), []);
  });

  it('one line of a key is the key; its comments are not', () => {
    const key = `# created: 2026\n# public key: age1qqqqqqqqqqqqqqqqqqqqqqqq\nAGE-SECRET-LINE-0123456789ABCDEF\n`;
    const keys = needlesOf(new Map([['file key', key]]));
    assert.equal(secretsIn(Buffer.from('AGE-SECRET-LINE-0123456789ABCDEF'), keys).length, 1);
    assert.equal(secretsIn(Buffer.from('# public key: age1qqqqqqqqqqqqqqqqqqqqqqqq'), keys).length, 0);
  });

  it('a private key and an age identity are secrets whoever they belong to', () => {
    const nobody = needlesOf(new Map());
    assert.deepEqual(secretsIn(Buffer.from('x -----BEGIN RSA PRIVATE KEY----- y'), nobody), ['a private key']);
    assert.deepEqual(secretsIn(Buffer.from(`AGE-SECRET-KEY-1${'Q'.repeat(58)}`), nobody), ['an age identity']);
  });

  it('what is too short to be looked for is said by its place', () => {
    assert.deepEqual(needlesOf(new Map([['env X', 'abc']])), { needles: [], tooShort: ['env X'] });
  });

  it("the plan's references, the env files of its sites and the environment are known", async () => {
    const { plan } = await loadPlan('plan/shandi.yaml');
    assert.ok(refsIn(plan).length >= 5, 'references of the plan');
    const file = join(home, 'site.env');
    writeFileSync(file, 'REDIS_PASSWORD=from-the-site\nLEVEL=debug-level\nTLS_KEY_FILE=/etc/tls/key.pem\n');
    const [site] = plan.sites;
    assert.ok(site);
    const own = { ...plan, sites: [{ ...site, compose: { ...site.compose, envFile: file } }] };
    const { needles } = await knownSecrets(own, { API_TOKEN: 'of-the-environment', HOME: '/root/somewhere' });
    const names = needles.map(({ name }) => name);
    assert.ok(names.includes(`REDIS_PASSWORD in file ${file}`), names.join());
    assert.ok(names.includes('environment variable API_TOKEN'));
    assert.ok(!names.some((name) => /LEVEL|KEY_FILE|HOME/.test(name)), names.join());
  });

  for (const [where, log, secret] of [
    ['a log', `password is ${value}`, value],
    // Only inside a payload of the history, which is base64.
    ['a history', 'nothing', 'Stands at its target: the last'],
  ] as const)
    it(`a secret in ${where}: no bundle is made, the file is named and the value is not`, async () => {
      const { run } = withEvidence(savedRun('restore-test.passed'), home, log);
      if (where === 'a history') rmSync(join(home, 'evidence'), { recursive: true });
      const secrets = needlesOf(new Map([['S in file .env', where === 'a log' ? secret : 'Stands at its target']]));
      const folder = join(home, 'evidence-bundles');
      await assert.rejects(made([run], folder, { secrets }), (error: Error) => {
        const file = where === 'a log' ? /evidence\/.*\/copy\.log/ : /histories\/.*\.json/;
        assert.match(error.message, new RegExp(`${file.source}: the value of S in file \\.env is in it`));
        return !error.message.includes(secret) && !error.message.includes('Stands at');
      });
      assert.deepEqual(readdirSync(folder), []);
    });
});
