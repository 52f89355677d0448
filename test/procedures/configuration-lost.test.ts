/**
 * The files that the platform is made of are lost or spoilt: its env file with every password, a Compose file, the image of a
 * service. They are put back from an encrypted bundle. The env file also says which volume is the database: a bundle that is
 * older than the last cut-over must not bring back the volume of that day.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Decrypter } from 'age-encryption';
import { root } from '../../activities/shared/paths';
import { readEnv } from '../../platform/lifecycle';
import { compose } from '../../platform/lifecycle/compose';
import { controlQueue } from '../../workflows/contracts/names';
import type { Report } from '../../workflows/contracts/run-view';
import { backupsFolder, stagingIsEmpty, startOnFiles, stateFolder, takeBundle } from '../support/bundles';
import { containerOf, docker } from '../support/docker';
import { project } from '../support/names';
import { noSecrets } from '../support/no-secrets';
import { withPlan } from '../support/plan-file';
import { approve, failureOf, openCard, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const envPath = join(stateFolder, '.env');
const redisConf = join(stateFolder, 'redis', 'redis.conf');
const garbage = '\u0000\u0001 not an env file at all\n}{';

describe('configuration is lost', function () {
  this.timeout(180_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  /** The env file and a file of the servers, as they were before each test: whatever becomes of it, the platform goes on. */
  let before: { path: string; text: string; mode: number }[] = [];
  beforeEach(() => {
    before = [
      envPath,
      redisConf,
      ...['pgbouncer/databases.ini', 'certs/server.crt'].map((name) => join(stateFolder, name)),
    ].map((path) => ({
      path,
      text: readFileSync(path, 'utf8'),
      mode: statSync(path).mode & 0o777,
    }));
  });
  afterEach(() => {
    for (const { path, text, mode } of before) writeFileSync(path, text, { mode });
  });

  const restore = (input: Record<string, unknown> = {}): ReturnType<typeof startOnFiles> =>
    startOnFiles(shandi, 'restoreConfiguration', input);
  /** Under a plan whose primary site has another Compose file. */
  const withPrimaryOf = (file: string, act: () => Promise<void>): Promise<void> =>
    withPlan(
      (plan) => ({
        ...plan,
        sites: plan.sites.map((one) => (one.role === 'primary' ? { ...one, compose: { ...one.compose, file } } : one)),
      }),
      act,
    );
  const onRedis = async (procedure: string, workflowId: string): Promise<Report> =>
    resultOf(
      await shandi.client.workflow.start(procedure, {
        taskQueue: controlQueue,
        workflowId,
        args: [{ store: 'redis', reason: 'test', by: 'tester' }],
      }),
    );

  const redis = async (...command: string[]): Promise<void> => {
    const REDISCLI_AUTH = (await readEnv(project))['REDIS_PASSWORD'] ?? '';
    const args = ['exec', '-e', 'REDISCLI_AUTH', containerOf('redis'), 'redis-cli', ...command];
    await promisify(execFile)('docker', args, { env: { ...process.env, REDISCLI_AUTH } });
  };

  it('the env file is overwritten with garbage: restored by policy, on the volumes that are in use, not on those of the bundle', async () => {
    const taken = await takeBundle(shandi, 'configuration');
    // A procedure changes the volume of Redis after the bundle was taken.
    const former = (await readEnv(project))['REDIS_VOLUME'] ?? '';
    // A backup without a key is restored by nobody's policy.
    await redis('SET', 'kept', '1');
    await onRedis('backupRedis', 'backup.store.redis');
    await docker.getContainer(containerOf('redis')).remove({ force: true });
    await docker.getVolume(former).remove();
    await onRedis('restoreRedis', 'recover.store.redis');
    const env = await readEnv(project);
    assert.notEqual(env['REDIS_VOLUME'], former);
    // What is put back after this test is what procedures have made of it.
    before = before.map((one) => (one.path === envPath ? { ...one, text: readFileSync(envPath, 'utf8') } : one));

    writeFileSync(envPath, garbage);
    const handle = await restore();
    const report = await resultOf(handle);

    assert.match(report.view.approvals[0]?.reason ?? '', /nothing that works is overwritten \(0 missing, 1 broken\)/);
    assert.equal(report.result['backup'], taken.label);
    assert.deepEqual(await readEnv(project), env);
    assert.equal(statSync(envPath).mode & 0o777, 0o600);
    assert.ok(stagingIsEmpty(report.view.workflowId, report.view.runId), 'the opened bundle is gone');
    const up = await compose(project, 'prod', ['--dry-run', 'up', '-d', '--pull', 'never']);
    assert.doesNotMatch(`${up.stdout}${up.stderr}`, /Recreate/, 'Compose would touch no container');
    await noSecrets(handle);
    // The garbage was kept all the same.
    assert.match(String(report.result['kept']), /^\d{8}T/);
    assert.ok(existsSync(join(backupsFolder, 'configuration', 'replaced', `${String(report.result['kept'])}.tar.age`)));
  });

  it('the env file is missing: restored by policy, readable by its owner alone', async () => {
    await takeBundle(shandi, 'configuration');
    const env = await readEnv(project);
    rmSync(envPath);
    const report = await resultOf(await restore());
    assert.match(report.view.approvals[0]?.reason ?? '', /1 missing, 0 broken/);
    assert.deepEqual(await readEnv(project), env);
    assert.equal(statSync(envPath).mode & 0o777, 0o600);
    assert.equal(report.result['kept'], null);
  });

  it('some lines of the env file are gone: only those are put back, and what was changed since stays', async () => {
    await takeBundle(shandi, 'configuration');
    const text = readFileSync(envPath, 'utf8');
    const kept = text.split('\n').filter((line) => !/^(PG_PASSWORD|REDIS_VOLUME)=/.test(line));
    const rotated = kept.join('\n').replace(/^TOKEN_SECRET=.*$/m, 'TOKEN_SECRET=0123456789abcdef0123456789abcdef');
    writeFileSync(envPath, rotated);
    const expected = { ...(await readEnv(project)) };
    const report = await resultOf(await restore());
    const after = await readEnv(project);
    for (const [key, value] of Object.entries(expected)) assert.ok(after[key] === value, `${key} was changed`);
    const once = Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
    assert.ok(after['PG_PASSWORD'] === once['PG_PASSWORD'], 'the password is back');
    assert.equal(after['REDIS_VOLUME'], once['REDIS_VOLUME']);
    assert.match(JSON.stringify(report.view.gates[0]?.card.facts), /PG_PASSWORD/);
  });

  it('nothing but the bundle knows a volume: a person decides, and reads which one it would be', async () => {
    await takeBundle(shandi, 'configuration');
    const env = await readEnv(project);
    await docker.getContainer(containerOf('redis')).remove({ force: true });
    rmSync(envPath);
    try {
      const handle = await restore();
      const waiting = await until(handle, 'waiting-approval');
      const warnings = waiting.gates[0]?.card.warnings ?? [];
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', new RegExp(`REDIS_VOLUME: nothing here says .*${env['REDIS_VOLUME'] ?? ''}`));
      assert.equal(existsSync(envPath), false);
      await approve(handle, openCard(waiting));
      await resultOf(handle);
      assert.deepEqual(await readEnv(project), env);
    } finally {
      for (const { path, text, mode } of before) writeFileSync(path, text, { mode });
      await compose(project, 'prod', ['up', '-d', '--no-deps', 'redis']);
    }
  });

  it('a file and a password were changed by mistake, all is wanted back: a person decides, and the card shows no secret', async () => {
    await takeBundle(shandi, 'configuration');
    const was = readFileSync(redisConf, 'utf8');
    const env = readFileSync(envPath, 'utf8');
    writeFileSync(redisConf, `${was}maxmemory 1mb\n`);
    const mistake = 'mistaken-token-0123456789';
    writeFileSync(envPath, env.replace(/^TOKEN_SECRET=.*$/m, `TOKEN_SECRET=${mistake}`));

    // Who is primary, and a certificate without its key, are not for this procedure to replace.
    const alone = [join(stateFolder, 'pgbouncer', 'databases.ini'), join(stateFolder, 'certs', 'server.crt')];
    for (const path of alone) appendFileSync(path, '\n');
    const left = alone.map((path) => readFileSync(path, 'utf8'));

    const idle = await resultOf(await restore());
    assert.equal(idle.result['needed'], false, 'what can be read is not missing');
    assert.equal((idle.result['left'] as string[]).length, 4);

    const handle = await restore({ what: 'all' });
    const waiting = await until(handle, 'waiting-approval');
    const card = JSON.stringify(waiting.gates[0]?.card);
    assert.match(card, /redis\.conf","changed"/);
    assert.match(card, /Keys changed in [^"]*\.env","value":"TOKEN_SECRET"/);
    await approve(handle, openCard(waiting));
    const report = await resultOf(handle);
    assert.equal(readFileSync(redisConf, 'utf8'), was);
    assert.ok(readFileSync(envPath, 'utf8') === env, 'the env file is as it was');
    assert.deepEqual(
      alone.map((path) => readFileSync(path, 'utf8')),
      left,
    );
    await noSecrets(handle, [['the mistaken token', mistake]]);

    // What was replaced can be had back, with nothing but the identity.
    const sealed = join(backupsFolder, 'configuration', 'replaced', `${String(report.result['kept'])}.tar.age`);
    const decrypter = new Decrypter();
    const identity = readFileSync(join(root(), 'platform', 'keys', project, 'identity.txt'), 'utf8');
    decrypter.addIdentity(/^AGE-SECRET-KEY-.*$/m.exec(identity)?.[0] ?? '');
    const plain = Buffer.from(await decrypter.decrypt(readFileSync(sealed)));
    assert.ok(plain.includes(mistake) && plain.includes('maxmemory 1mb'));
    assert.ok(!readFileSync(sealed).includes('maxmemory'));
  });

  it('aborted after the files were written: they are as they were', async () => {
    await takeBundle(shandi, 'configuration');
    const compose = join(stateFolder, 'broken.yml');
    const mistaken = `${readFileSync(redisConf, 'utf8')}# by mistake\n`;
    writeFileSync(redisConf, mistaken);
    writeFileSync(compose, 'services: {x: {image: x, what: is, this: }}\n');
    try {
      await withPrimaryOf(`platform/state/${project}/broken.yml`, async () => {
        const handle = await restore({ what: 'all' });
        await approve(handle);
        const held = await until(handle, 'held');
        assert.equal(held.hold?.problem.code, 'DR-COMPOSE');
        await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });
        assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
      });
    } finally {
      rmSync(compose);
    }
    assert.equal(readFileSync(redisConf, 'utf8'), mistaken);
  });

  it('a Compose file is no Compose file any more, or one that it includes is gone: only what is amiss is put back', async () => {
    const [main, part] = ['main.yml', 'part.yml'].map((name) => `platform/state/${project}/${name}`) as [
      string,
      string,
    ];
    const whole = 'include: [part.yml]\nservices: {one: {image: "shandi/redis:1"}}\n';
    writeFileSync(join(root(), main), whole);
    writeFileSync(join(root(), part), 'services: {two: {image: "shandi/redis:1"}}\n');
    try {
      await withPrimaryOf(main, async () => {
        await takeBundle(shandi, 'configuration');
        rmSync(join(root(), part));
        assert.deepEqual((await resultOf(await restore())).result['restored'], [part]);
        for (const broken of ['services: [', 'services: {one: {image: "shandi/redis:1", what: 1}}\n']) {
          writeFileSync(join(root(), main), broken);
          const report = await resultOf(await restore());
          assert.deepEqual(report.result['restored'], [main]);
          assert.match(report.view.approvals[0]?.reason ?? '', /0 missing, 1 broken/);
          assert.equal(readFileSync(join(root(), main), 'utf8'), whole);
        }
      });
    } finally {
      for (const path of [main, part]) rmSync(join(root(), path), { force: true });
    }
  });

  it('a bundle with one changed byte: refused by name, and passed over where another is whole', async () => {
    const whole = await takeBundle(shandi, 'configuration');
    const damaged = await takeBundle(shandi, 'configuration');
    const path = join(backupsFolder, 'configuration', `${damaged.label}.tar.age`);
    const bytes = readFileSync(path);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    try {
      const failure = await failureOf(await restore({ backup: damaged.label }));
      assert.equal(failure.code, 'DR-BACKUP-CORRUPT');
      assert.match(failure.message, new RegExp(whole.label), 'the others are named');
      rmSync(redisConf);
      const report = await resultOf(await restore());
      assert.match(JSON.stringify(report.view.timeline), new RegExp(`${damaged.label} is passed over`));
      assert.equal(report.result['backup'], whole.label);
      assert.equal(existsSync(redisConf), true);
    } finally {
      rmSync(path);
      rmSync(path.replace('.tar.age', '.json'));
    }
  });

  it("a service's image is gone from the engine: loaded from beside the bundle, the very same", async () => {
    const name = `${project}-extra:1`;
    const file = `platform/state/${project}/extra.yml`;
    const sh = promisify(execFile);
    writeFileSync(join(root(), file), `services:\n  extra:\n    image: ${name}\n`);
    const made = await docker.createContainer({ Image: 'shandi/redis:1', name: `${project}-extra-made` });
    try {
      await sh('docker', ['commit', '--change', 'LABEL dr.test=extra', made.id, name]);
      const { Id } = await docker.getImage(name).inspect();
      await withPrimaryOf(file, async () => {
        await takeBundle(shandi, 'configuration', true);
        await docker.getImage(name).remove({ force: true });
        await assert.rejects(docker.getImage(Id).inspect());
        const report = await resultOf(await restore());
        assert.deepEqual(report.result['images'], [name]);
        assert.equal((await docker.getImage(name).inspect()).Id, Id);
        const { stdout } = await sh('docker', [
          ...['run', '--rm', '--pull', 'never', '--network', 'none'],
          ...['--entrypoint', 'redis-server', name, '--version'],
        ]);
        assert.match(stdout, /Redis server/, 'and it runs');
        const kept = readdirSync(join(backupsFolder, 'images')).sort();
        const id = Id.replace('sha256:', '');
        assert.deepEqual(
          kept.filter((one) => one.startsWith(id)),
          [`${id}.tar.gz`, `${id}.tar.gz.sha256`],
        );
      });
    } finally {
      await made.remove({ force: true });
      await docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
      rmSync(join(root(), file));
    }
    // An incident compares the files with the newest bundle: the file of this test would be one that is gone.
    await takeBundle(shandi, 'configuration');
  });
});
