/**
 * Nobody looks at backups, archive, standby and certificate while all goes well, and when it does not it is too late. The check
 * looks every day: a platform that was just backed up is ready; a certificate that expired, an archive that takes nothing and a
 * standby that was stopped are each named.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlQueue } from '../../workflows/contracts/names';
import type { ReadinessResult } from '../../workflows/contracts/readiness';
import type { Report } from '../../workflows/contracts/run-view';
import { stateFolder, takeBundle } from '../support/bundles';
import { makeCertificate } from '../support/certificates';
import { containerOf, docker } from '../support/docker';
import { noSecrets } from '../support/no-secrets';
import { resultOf } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const day = 86_400_000;
const [crt, key] = [join(stateFolder, 'certs', 'server.crt'), join(stateFolder, 'certs', 'server.key')];
const who = { reason: 'test', by: 'tester' };

describe('is everything there that a recovery will need?', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  let healthy: { crt: string; key: string };
  before(() => (healthy = { crt: readFileSync(crt, 'utf8'), key: readFileSync(key, 'utf8') }));
  after(async () => {
    writeFileSync(key, healthy.key, { mode: 0o600 });
    writeFileSync(crt, healthy.crt);
    await shandi.sqlAsAdmin('ALTER SYSTEM RESET archive_command');
    await shandi.sqlAsAdmin('SELECT pg_reload_conf()');
    await docker
      .getContainer(containerOf('postgres-standby'))
      .start()
      .catch(() => undefined);
    await shandi.archiveNow();
    await shandi.eventually('the standby follows again', async () => {
      const count = await shandi.sqlAsAdmin(`SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'`);
      return count === '1' ? true : undefined;
    });
  });

  let looked = false;
  const run = async (procedure: string, workflowId: string, input: object = {}): Promise<Report> => {
    const handle = await shandi.client.workflow.start(procedure, {
      taskQueue: controlQueue,
      workflowId,
      args: [{ ...who, ...input }],
    });
    const report = await resultOf(handle);
    if (procedure === 'readinessCheck' && !looked) await noSecrets(handle);
    looked ||= procedure === 'readinessCheck';
    return report;
  };
  const check = async (): Promise<ReadinessResult> =>
    (await run('readinessCheck', 'check.readiness')).result as unknown as ReadinessResult;
  /** What other tests on this platform have proven, and how fast, is theirs. */
  const failed = ({ items }: ReadinessResult): string[] =>
    items
      .filter(({ state, area }) => state === 'failed' && !['Proof', 'Objectives'].includes(area))
      .map(({ name, says }) => `${name}: ${says}`);

  it('after a backup it is ready, and each backup is proven by its run; what was broken since is named', async () => {
    await Promise.all([
      run('backupDatabase', 'backup.database.shandi', { database: 'shandi', kind: 'full' }),
      run('backupRedis', 'backup.store.redis', { store: 'redis' }),
      takeBundle(shandi, 'configuration').then(() => takeBundle(shandi, 'certificates')),
    ]);
    const ready = await check();
    assert.deepEqual(failed(ready), []);
    const proof = ready.proofs.find(({ claim }) => claim === 'database.shandi.backupDatabase');
    assert.equal(proof?.state, 'verified');

    const expired = await makeCertificate(
      new Date(Date.now() - 90 * day),
      new Date(Date.now() - day),
      'api.theshandi.com',
    );
    writeFileSync(key, expired.key, { mode: 0o600 });
    writeFileSync(crt, expired.crt);
    await shandi.sqlAsAdmin(`ALTER SYSTEM SET archive_command = 'false'`);
    await shandi.sqlAsAdmin('SELECT pg_reload_conf()');
    await shandi.clientWrites();
    await shandi.sqlAsAdmin('SELECT pg_switch_wal()');
    await docker.getContainer(containerOf('postgres-standby')).stop({ t: 1 });
    await shandi.eventually('the archiver has failed', async () => {
      const fails = await shandi.sqlAsAdmin('SELECT last_failed_time > last_archived_time FROM pg_stat_archiver');
      return fails === 't' ? true : undefined;
    });
    const broken = failed(await check());
    assert.match(
      broken.join('\n'),
      /^archiving of shandi: a segment that was closed now did not arrive: .*the last try failed/m,
    );
    assert.match(broken.join('\n'), /^postgres-standby of shandi: it does not answer/m);
    assert.match(broken.join('\n'), /^certificate of api\.theshandi\.com: .*expired/m);
    assert.equal(broken.length, 3, broken.join('\n'));
  });
});
