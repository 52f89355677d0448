import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import * as files from '../../../activities/files';
import { sha256 } from '../../../activities/files/bundle-file';
import { drHome, root } from '../../../activities/shared/paths';
import { loadPlan } from '../../../plan';
import type { ApprovalReference } from '../../../workflows/contracts/approval';
import type { BundlesAt } from '../../../workflows/contracts/bundle';
import { problemOf } from '../../../workflows/contracts/errors';

const run = { workflowId: 'recover.certificates', runId: '7b6f3a52-0000-4000-8000-000000000009' };
const approval: ApprovalReference = {
  ...run,
  gate: 'restore',
  card: '0123456789ab',
  by: 'on-call',
  via: 'person',
  at: '2026-11-22T17:00:00.000Z',
};
const label = '20261122T160000Z-0123abcd';

describe('files that are put back', () => {
  let folder: string;
  let at: BundlesAt;
  const [path, gone] = ['server.crt', 'server.key'].map((name) => () => join(folder, 'certs', name)) as [
    () => string,
    () => string,
  ];
  const home = process.env['DR_HOME'];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dr-place-'));
    process.env['DR_HOME'] = join(folder, 'home');
    const identity = await generateX25519Identity();
    writeFileSync(join(folder, 'identity.txt'), identity);
    mkdirSync(join(folder, 'certs'));
    writeFileSync(path(), 'from the bundle', { mode: 0o640 });
    writeFileSync(gone(), 'the key of the bundle', { mode: 0o600 });
    const { plan } = await loadPlan(join(root(), 'plan', 'shandi.yaml'));
    const [site] = plan.sites;
    assert.ok(site);
    at = {
      site,
      kind: 'certificates',
      backups: {
        ...plan.backups,
        directory: join(folder, 'backups'),
        recipient: await identityToRecipient(identity),
        identity: { file: join(folder, 'identity.txt') },
        certificates: { ...plan.backups.certificates, files: [join(folder, 'certs')] },
      },
    };
    await act(() => files.backupBundle({ ...at, label, platform: 'test', images: [] }));
    writeFileSync(path(), 'spoilt', { mode: 0o600 });
    rmSync(gone());
  });
  afterEach(() => {
    if (home === undefined) delete process.env['DR_HOME'];
    else process.env['DR_HOME'] = home;
    rmSync(folder, { recursive: true, force: true });
  });

  const act = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment(
      { workflowExecution: run },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    ).run(work) as Promise<T>;
  const planned = (): files.PlannedFile[] => [
    { path: path(), now: sha256('spoilt'), then: sha256('from the bundle') },
    { path: gone(), then: sha256('the key of the bundle') },
  ];
  const place = (): Promise<{ written: string[] }> =>
    act(() => files.placeFiles({ ...at, label, files: planned(), approval }));
  const putBack = (): Promise<{ written: string[] }> =>
    act(() => files.putBackFiles({ ...at, label, files: planned(), approval }));
  const keep = (): Promise<unknown> =>
    act(() => files.keepFormerFiles({ ...at, label, platform: 'test', files: planned() }));
  const failure = async (work: () => Promise<unknown>): Promise<{ code: string; message: string }> =>
    work().then(
      () => assert.fail('it went on'),
      (error: unknown) => problemOf(error),
    );

  it('have the content and the mode of the bundle; a second try finds them in place', async () => {
    assert.deepEqual((await place()).written, [path(), gone()]);
    assert.equal(readFileSync(path(), 'utf8'), 'from the bundle');
    assert.deepEqual([statSync(path()).mode & 0o777, statSync(gone()).mode & 0o777], [0o640, 0o600]);
    assert.deepEqual((await place()).written, []);
  });

  it('were opened where nobody else may look, and nothing of it is left', async () => {
    await act(() => files.stageBundle({ ...at, label }));
    const staging = join(drHome(), 'staging', `${run.workflowId}-${run.runId.slice(-8)}`);
    assert.equal(statSync(staging).mode & 0o077, 0);
    await act(() => files.removeStaging());
    assert.equal(existsSync(staging), false);
  });

  it('are not written over what somebody has changed after the approval', async () => {
    writeFileSync(path(), 'changed by hand');
    const { code, message } = await failure(place);
    assert.equal(code, 'DR-DRIFTED');
    assert.match(message, /was changed after it was approved/);
    assert.equal(readFileSync(path(), 'utf8'), 'changed by hand');
  });

  it('are not written when another content was approved', async () => {
    const other = planned().map((one) => ({ ...one, then: sha256('approved') }));
    const { code } = await failure(() => act(() => files.placeFiles({ ...at, label, files: other, approval })));
    assert.equal(code, 'DR-DRIFTED');
    assert.equal(readFileSync(path(), 'utf8'), 'spoilt');
  });

  it('through a link replace what it leads to', async () => {
    const target = join(folder, 'target.crt');
    writeFileSync(target, 'spoilt');
    rmSync(path());
    symlinkSync(target, path());
    await place();
    assert.equal(readFileSync(target, 'utf8'), 'from the bundle');
  });

  it('are taken back: what was there is there again, what was not is gone; a second try changes nothing', async () => {
    await keep();
    await place();
    assert.deepEqual((await putBack()).written, [path(), gone()]);
    assert.deepEqual([readFileSync(path(), 'utf8'), existsSync(gone())], ['spoilt', false]);
    assert.deepEqual((await putBack()).written, []);
  });

  it('are not taken back where they were never written, or somebody has changed them since', async () => {
    await keep();
    assert.deepEqual((await putBack()).written, []);
    await place();
    writeFileSync(path(), 'changed by hand');
    assert.equal((await failure(putBack)).code, 'DR-DRIFTED');
    assert.equal(readFileSync(path(), 'utf8'), 'changed by hand');
  });
});
