/**
 * The certificate that the gateway serves has expired, or has lost its key. The newest bundle that holds one which is valid now
 * is put back as a whole; the gateway reads it anew, and a client from outside sees it. Where every bundle has expired too, a
 * restore would help nobody: it says so.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnv } from '../../platform/lifecycle';
import { execIn } from '../../platform/lifecycle/compose';
import { startOnFiles, stateFolder, takeBundle } from '../support/bundles';
import { makeCertificate, servedAt } from '../support/certificates';
import { project } from '../support/names';
import { noSecrets } from '../support/no-secrets';
import { approve, failureOf, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const day = 86_400_000;
const publicName = 'api.theshandi.com';
const [crt, key] = [join(stateFolder, 'certs', 'server.crt'), join(stateFolder, 'certs', 'server.key')];

describe('the certificate has expired', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  let before: { crt: string; key: string };
  beforeEach(() => (before = { crt: readFileSync(crt, 'utf8'), key: readFileSync(key, 'utf8') }));
  afterEach(async () => {
    put(before);
    await reload();
  });

  const put = (pair: { crt: string; key: string }): void => {
    writeFileSync(key, pair.key, { mode: 0o600 });
    writeFileSync(crt, pair.crt);
  };
  const reload = async (): Promise<void> => {
    const { code, stderr } = await execIn(project, 'nginx', ['nginx', '-s', 'reload']);
    assert.equal(code, 0, stderr);
  };
  const served = async (): ReturnType<typeof servedAt> =>
    servedAt(Number((await readEnv(project))['NGINX_TLS_PORT'] ?? ''));
  const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;
  const expired = (): Promise<{ crt: string; key: string }> =>
    makeCertificate(new Date(Date.now() - 90 * day), new Date(Date.now() - day), publicName);
  const serving = async (pair: { crt: string; key: string }): Promise<void> => {
    put(pair);
    await reload();
    // A former worker of nginx may take a connection yet, after a new one has.
    await shandi.eventually('clients are served it', async () => {
      for (let seen = 0; seen < 5; seen += 1)
        if ((await served()).fingerprint !== fingerprint(pair.crt)) return undefined;
      return true;
    });
  };

  it('restored by policy from the newest that is valid, read by the gateway, and served to a client', async () => {
    const whole = await takeBundle(shandi, 'certificates');
    await serving(await expired());
    assert.ok((await served()).validTo.getTime() < Date.now(), 'a client is served an expired one');
    const useless = await takeBundle(shandi, 'certificates');

    const handle = await startOnFiles(shandi, 'restoreCertificates');
    const report = await resultOf(handle);
    await noSecrets(handle, [['the private key', before.key.split('\n')[1] ?? '']]);
    assert.match(report.view.approvals[0]?.reason ?? '', /0 missing, 2 broken/);
    assert.match(JSON.stringify(report.view.timeline), new RegExp(`${useless.label} is passed over: .*expired`));
    assert.equal(report.result['backup'], whole.label);
    const now = await served();
    assert.equal(now.fingerprint, fingerprint(before.crt));
    assert.ok(now.validTo.getTime() > Date.now());
    assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.ok(readFileSync(key, 'utf8') === before.key, 'the key that belongs to it');

    // What the bundles hold has expired: none is any help.
    await serving(await expired());
    const failure = await failureOf(await startOnFiles(shandi, 'restoreCertificates', { backup: useless.label }));
    assert.equal(failure.code, 'DR-CERTIFICATE');
    assert.match(failure.message, new RegExp(`expired at .*there are: .*${whole.label}`));
  });

  it('its key is gone: put back together with the certificate', async () => {
    await takeBundle(shandi, 'certificates');
    rmSync(key);
    const report = await resultOf(await startOnFiles(shandi, 'restoreCertificates'));
    assert.deepEqual(
      (report.result['restored'] as string[]).map((path) => path.split('/').pop()),
      ['server.key'],
    );
    assert.ok(readFileSync(key, 'utf8') === before.key);
    assert.equal((await served()).fingerprint, fingerprint(before.crt));
  });

  it('it was renewed since the backup: left alone; all wanted back, a person decides', async () => {
    await takeBundle(shandi, 'certificates');
    const renewed = await makeCertificate(new Date(Date.now() - day), new Date(Date.now() + 90 * day), publicName);
    await serving(renewed);
    const report = await resultOf(await startOnFiles(shandi, 'restoreCertificates'));
    assert.equal(report.result['needed'], false);
    assert.equal(readFileSync(crt, 'utf8'), renewed.crt);

    const handle = await startOnFiles(shandi, 'restoreCertificates', { what: 'all' });
    await until(handle, 'waiting-approval');
    await approve(handle);
    await resultOf(handle);
    assert.equal((await served()).fingerprint, fingerprint(before.crt));
  });
});
