import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { extract } from 'tar-stream';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import * as files from '../../../activities/files';
import { openBundle } from '../../../activities/files/bundle-file';
import { isBelow } from '../../../activities/files/walk';
import { writeBundle } from '../../../activities/files/write-bundle';
import { root } from '../../../activities/shared/paths';
import { loadPlan, type Plan } from '../../../plan';
import { bundleBackupSchema, type BundlesAt } from '../../../workflows/contracts/bundle';
import { problemOf } from '../../../workflows/contracts/errors';

const secret = 'a-password-that-nobody-may-read';

describe('a bundle', () => {
  let folder: string;
  let at: BundlesAt;
  let plan: Plan;

  before(async () => ({ plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'))));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dr-bundle-'));
    const identity = await generateX25519Identity();
    writeFileSync(join(folder, 'identity.txt'), `# made for a test\n${identity}\n`);
    mkdirSync(join(folder, 'state', 'sub'), { recursive: true });
    writeFileSync(join(folder, 'state', '.env'), `PG_PASSWORD=${secret}\n`, { mode: 0o600 });
    writeFileSync(join(folder, 'state', 'sub', 'run.sh'), '#!/bin/sh\n');
    chmodSync(join(folder, 'state', 'sub', 'run.sh'), 0o755);
    const [site] = plan.sites;
    assert.ok(site);
    at = {
      site,
      kind: 'configuration',
      backups: {
        ...plan.backups,
        directory: join(folder, 'backups'),
        recipient: await identityToRecipient(identity),
        identity: { file: join(folder, 'identity.txt') },
        configuration: { ...plan.backups.configuration, files: [join(folder, 'state')] },
      },
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = <T>(act: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) }).run(act) as Promise<T>;
  const label = (hour: number): string => `20261122T${hour}0000Z-0123abcd`;
  const take = (hour: number): ReturnType<typeof files.backupBundle> =>
    run(() => files.backupBundle({ ...at, label: label(hour), platform: 'test', images: [] }));
  const list = (only?: string): ReturnType<typeof files.listBundles> =>
    run(() => files.listBundles({ ...at, ...(only === undefined ? {} : { only }) }));
  const sealed = (hour: number): string => join(folder, 'backups', 'configuration', `${label(hour)}.tar.age`);
  const failure = async (act: () => Promise<unknown>): Promise<{ code: string; message: string }> =>
    act().then(
      () => assert.fail('it went on'),
      (error: unknown) => problemOf(error),
    );

  it('is what its manifest says: paths, modes, sizes, checksums; the file beside it holds no secret', async () => {
    const backup = await take(16);
    assert.equal(backup.files, 2);
    const text = readFileSync(sealed(16).replace('.tar.age', '.json'), 'utf8');
    const record = bundleBackupSchema.parse(JSON.parse(text));
    assert.deepEqual(
      record.files.map(({ path, mode, size }) => [path.replace(folder, ''), mode, size]),
      [
        ['/state/.env', 0o600, secret.length + 13],
        ['/state/sub/run.sh', 0o755, 10],
      ],
    );
    assert.ok(!text.includes(secret) && !readFileSync(sealed(16)).includes(secret));
    for (const path of [sealed(16), sealed(16).replace('.tar.age', '.json')])
      assert.equal(statSync(path).mode & 0o077, 0, path);
    assert.equal(statSync(join(folder, 'backups', 'configuration')).mode & 0o077, 0);
  });

  it('opens with nothing but the identity: age, then tar', async () => {
    await take(16);
    const decrypter = new Decrypter();
    decrypter.addIdentity(readFileSync(join(folder, 'identity.txt'), 'utf8').split('\n')[1] ?? '');
    const plain = await decrypter.decrypt(readFileSync(sealed(16)));
    const names: string[] = [];
    await new Promise((resolve, reject) => {
      const tar = extract();
      tar.on('entry', ({ name }, entry, next) => {
        names.push(name.replace(folder.slice(1), ''));
        entry.resume();
        next();
      });
      tar.on('finish', resolve);
      tar.on('error', reject);
      tar.end(Buffer.from(plain));
    });
    assert.deepEqual(names, ['manifest.json', 'files//state/.env', 'files//state/sub/run.sh']);
  });

  it('begins like every age file, so that the stock program takes it', async () => {
    await take(16);
    assert.match(readFileSync(sealed(16), 'latin1'), /^age-encryption\.org\/v1\n-> X25519 /);
  });

  it('is taken once: a second try returns what the first has finished', async () => {
    const first = await take(16);
    writeFileSync(join(folder, 'state', '.env'), 'PG_PASSWORD=another\n');
    assert.deepEqual(await take(16), first);
  });

  it('is listed the newest first; one changed byte, a cut end or another name, and it is passed over with the reason', async () => {
    await take(10);
    const spoils: ((content: Buffer) => Buffer)[] = [
      (content) => Buffer.from(content.map((byte, index) => (index === content.length - 50 ? byte ^ 1 : byte))),
      (content) => content.subarray(0, -1),
    ];
    for (const [index, spoil] of spoils.entries()) {
      await take(11 + index);
      writeFileSync(sealed(11 + index), spoil(readFileSync(sealed(11 + index))));
    }
    const found = await list();
    assert.deepEqual(
      found.map(({ backup, code }) => [backup.label, code]),
      [
        [label(12), 'DR-BACKUP-CORRUPT'],
        [label(11), 'DR-BACKUP-CORRUPT'],
        [label(10), undefined],
      ],
    );
    assert.deepEqual((await list(label(10))).length, 1);
  });

  it('of another identity cannot be opened: that is said of the bundle, and its content is not', async () => {
    await take(16);
    writeFileSync(join(folder, 'identity.txt'), `${await generateX25519Identity()}\n`);
    const [found] = await list();
    assert.match(found?.problem ?? '', /cannot be opened by the identity of the plan/);
  });

  it('without an identity there is nothing to say of any bundle: the place is named, never the value', async () => {
    await take(16);
    for (const text of ['', 'AGE-SECRET-KEY-1WRONG\n']) {
      writeFileSync(join(folder, 'identity.txt'), text);
      const { code, message } = await failure(() => list());
      assert.equal(code, 'DR-SECRET');
      assert.match(message, /identity\.txt/);
      assert.doesNotMatch(message, /WRONG/);
    }
  });

  it('that the identity of the plan does not open is not kept', async () => {
    at.backups = { ...at.backups, recipient: await identityToRecipient(await generateX25519Identity()) };
    const { code, message } = await failure(() => take(16));
    assert.equal(code, 'DR-BACKUP-FAILED');
    assert.match(message, /cannot be used/);
    assert.deepEqual(await list(), []);
  });

  it('of files that the plan does not name is refused: nothing is written elsewhere', async () => {
    await take(16);
    at.backups = {
      ...at.backups,
      configuration: { ...at.backups.configuration, files: [join(folder, 'state', 'sub')] },
    };
    const [found] = await list();
    assert.match(found?.problem ?? '', /state\/\.env, which the plan does not name/);
  });

  it('follows links, and is not led in circles', async () => {
    symlinkSync('.env', join(folder, 'state', 'link'));
    symlinkSync('..', join(folder, 'state', 'sub', 'up'));
    const { files: count } = await take(16);
    assert.equal(count, 3);
  });

  it('of a file that is not there is none', async () => {
    at.backups = { ...at.backups, configuration: { ...at.backups.configuration, files: [join(folder, 'nowhere')] } };
    assert.equal((await failure(() => take(16))).code, 'DR-BACKUP-FAILED');
  });

  it('that was replaced keeps what was there beside the others, and is no backup to restore from', async () => {
    const path = join(folder, 'state', '.env');
    const kept = await run(() =>
      files.keepFormerFiles({ ...at, label: label(16), platform: 'test', files: [{ path, now: 'x', then: 'y' }] }),
    );
    assert.equal(kept?.files, 1);
    assert.deepEqual(await list(), []);
    const inside = join(folder, 'backups', 'configuration', 'replaced');
    const record = bundleBackupSchema.parse(JSON.parse(readFileSync(join(inside, `${label(16)}.json`), 'utf8')));
    const opened = await openBundle(inside, record, at.backups);
    assert.equal(opened.files.get(path)?.toString(), `PG_PASSWORD=${secret}\n`);
    await assert.rejects(openBundle(inside, { ...record, label: label(17) }, at.backups));
  });

  it('cannot hold everything: data is no configuration', async () => {
    const about = { label: label(16), kind: 'configuration', platform: 'test', project: 'test', images: [] } as const;
    const big = join(folder, 'state', 'big');
    writeFileSync(big, '');
    const { truncateSync } = await import('node:fs');
    truncateSync(big, 80_000_000);
    const { message } = await failure(() =>
      writeBundle(join(folder, 'b'), { ...about, images: [] }, [big], at.backups),
    );
    assert.match(message, /more than 50 MB: they are no configuration/);
  });
});

describe('a place of the plan', () => {
  it('holds what lies below it, and not what is only called like it', () => {
    assert.equal(isBelow('platform/state/shandi/.env', ['platform/state/shandi/']), true);
    assert.equal(isBelow('platform/state/shandi', ['./platform/state/shandi']), true);
    assert.equal(isBelow('platform/state/shandi-test/.env', ['platform/state/shandi']), false);
    assert.equal(isBelow('/etc/passwd', ['/']), true);
  });
});
