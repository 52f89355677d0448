/**
 * A failed program prints what it was given, and its last words go into the run's history, the report and the terminal of
 * whoever looks. None of them may hold a secret of the platform.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { Site } from '../../../plan';
import { compose } from '../../../activities/shared/compose';
import { resultOf } from '../../../activities/shared/exec';
import { withHeartbeats } from '../../../activities/shared/heartbeat';
import { censored, redact, rememberSecret, rememberSecretsIn } from '../../../activities/shared/redact';
import { secret } from '../../../activities/shared/secrets';
import { drFailure } from '../../../workflows/contracts/errors';
import { MockActivityEnvironment } from '@temporalio/testing';

const secrets = {
  PG_PASSWORD: 'hunter-2-hunter-2',
  TOKEN_SECRET: 'a"b\\c$d&e f',
  REDIS_PASSWORD: 'q7',
  PGBACKREST_REPO1_CIPHER_PASS: 'correct-horse-battery',
};
const open = {
  PGDATA_VOLUME: 'shandi_pgdata',
  POSTGRES_PORT: '15432',
  SSH_KEY_PATH: '/etc/keys/site',
  DATABASE_HOST: 'postgres',
};

describe('output of a program that is quoted', () => {
  let folder: string;
  let path: string | undefined;
  const site = (): Site =>
    ({
      name: 'primary',
      engine: { socketPath: join(folder, 'none.sock') },
      compose: { project: 'shandi', file: 'compose.yml', envFile: join(folder, '.env') },
    }) as unknown as Site;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dr-secrets-'));
    const lines = Object.entries({ ...secrets, ...open }).map(([key, value]) => `${key}='${value}'`);
    writeFileSync(join(folder, '.env'), `${lines.join('\n')}\n`);
    path = process.env['PATH'];
    mkdirSync(join(folder, 'bin'));
    process.env['PATH'] = `${join(folder, 'bin')}:${path ?? ''}`;
  });
  after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  const docker = (script: string): void => {
    writeFileSync(join(folder, 'bin', 'docker'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin', 'docker'), 0o755);
  };
  const said = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => assert.fail('it went well'),
      (error: Error) => error.message,
    );

  it('of Compose: no secret of the env file, in whichever form it is printed; the rest stays readable', async () => {
    docker(`cat "${join(folder, '.env')}"; echo 'postgres://user:hunter-2-hunter-2@postgres/db' >&2; exit 17`);
    const message = await said(compose(site(), ['up', '-d', 'postgres']));
    for (const value of [secrets.PG_PASSWORD, secrets.TOKEN_SECRET, secrets.PGBACKREST_REPO1_CIPHER_PASS])
      assert.ok(!message.includes(value), message);
    for (const value of [...Object.values(open), 'ended with 17', 'up -d postgres', `PG_PASSWORD='${censored}'`])
      assert.ok(message.includes(value), `${value} is missing in ${message}`);
  });

  it('of Compose: a secret that the cut to length would halve leaves nothing behind', async () => {
    docker(`printf '%s' '${secrets.PG_PASSWORD}'; head -c 490 /dev/zero | tr '\\0' x; exit 1`);
    const message = await said(compose(site(), ['config']));
    assert.doesNotMatch(message, /unter|r-2/);
  });

  it('of a program in a container: struck out when it failed, and left alone when it went well', async () => {
    const failed = await resultOf(
      site(),
      1,
      `out ${secrets.PG_PASSWORD}`,
      `err ${secrets.PGBACKREST_REPO1_CIPHER_PASS}`,
    );
    assert.deepEqual(failed, { exitCode: 1, stdout: `out ${censored}`, stderr: `err ${censored}` });
    const data = await resultOf(site(), 0, `{"a":"${secrets.PG_PASSWORD}"}`, `note ${secrets.PG_PASSWORD}`);
    assert.deepEqual(data, { exitCode: 0, stdout: `{"a":"${secrets.PG_PASSWORD}"}`, stderr: `note ${censored}` });
  });

  it('knows every secret that this process has resolved, also as JSON and as part of an address', async () => {
    process.env['DR_TEST_SECRET'] = 'p@ss/"word"';
    await secret({ env: 'DR_TEST_SECRET' });
    delete process.env['DR_TEST_SECRET'];
    assert.equal(redact('p@ss/"word" p%40ss%2F%22word%22 p@ss/\\"word\\"'), [censored, censored, censored].join(' '));
    assert.equal(redact('http://user:whatever@host:1/x'), `http://user:${censored}@host:1/x`);
  });

  it('takes the longer of two secrets first, and no place, port or name for one', () => {
    rememberSecret('abcd');
    rememberSecret('abcd-efgh');
    // A secret may be the very word that stands in the place of one.
    rememberSecret('secret');
    rememberSecretsIn({
      TLS_KEY_FILE: '/etc/tls/site.key',
      PASS_PORT: '5432',
      API_KEY: undefined,
      SESSION_KEY: 'zyxw',
    });
    assert.equal(
      redact('abcd-efgh secret abcd zyxw /etc/tls/site.key 5432'),
      `${censored} ${censored} ${censored} ${censored} /etc/tls/site.key 5432`,
    );
  });

  it('whatever a failure is made of, it leaves the worker without secrets: message and details', async () => {
    const { act } = withHeartbeats({
      act: () =>
        Promise.reject(
          drFailure('DR-POOLER', `said ${secrets.PG_PASSWORD}`, {
            retry: true,
            details: { log: [`x ${secrets.PG_PASSWORD}`] },
          }),
        ),
    });
    await resultOf(site(), 1, 'x', '');
    const failure = await new MockActivityEnvironment().run(act as () => Promise<unknown>).then(
      () => assert.fail('it went well'),
      (error: unknown) => error as ApplicationFailure,
    );
    assert.equal(failure.type, 'DR-POOLER');
    assert.equal(failure.nonRetryable, false);
    assert.doesNotMatch(JSON.stringify([failure.message, failure.details, failure.stack]), /hunter-2/);
  });
});
