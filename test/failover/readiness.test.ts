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
import { docker } from '../support/docker';
import { noSecrets } from '../support/no-secrets';
import type { Pair } from '../support/pair';
import { resultOf } from '../support/runs';
import { usePair } from '../support/use-pair';

const day = 86_400_000;
const [crt, key] = [join(stateFolder, 'certs', 'server.crt'), join(stateFolder, 'certs', 'server.key')];
const who = { reason: 'test', by: 'tester' };

describe('is everything there that a recovery will need?', function () {
  this.timeout(120_000);
  // Here primary and standby are whole before each test; which of the two is which changes from file to file.
  let pair: Pair;
  usePair((opened) => (pair = opened), { guarded: false });

  let looked = false;
  const run = async (procedure: string, workflowId: string, input: object = {}): Promise<Report> => {
    const handle = await pair.shandi.client.workflow.start(procedure, {
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
      takeBundle(pair.shandi, 'configuration').then(() => takeBundle(pair.shandi, 'certificates')),
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
    const { primary, standby } = await pair.roles();
    const healthy = { crt: readFileSync(crt, 'utf8'), key: readFileSync(key, 'utf8') };
    pair.afterwards(async () => {
      writeFileSync(key, healthy.key, { mode: 0o600 });
      writeFileSync(crt, healthy.crt);
      await pair.sql(primary, 'ALTER SYSTEM RESET archive_command');
      await pair.sql(primary, 'SELECT pg_reload_conf()');
      await docker.getContainer(standby.container).start();
    });
    writeFileSync(key, expired.key, { mode: 0o600 });
    writeFileSync(crt, expired.crt);
    await pair.sql(primary, `ALTER SYSTEM SET archive_command = 'false'`);
    await pair.sql(primary, 'SELECT pg_reload_conf()');
    await pair.shandi.clientWrites();
    await pair.sql(primary, 'SELECT pg_switch_wal()');
    await docker.getContainer(standby.container).stop({ t: 1 });
    await pair.shandi.eventually('the archiver has failed', async () => {
      const fails = await pair.sql(primary, 'SELECT last_failed_time > last_archived_time FROM pg_stat_archiver');
      return fails === 't' ? true : undefined;
    });
    const broken = failed(await check());
    assert.match(
      broken.join('\n'),
      /^archiving of shandi: a segment that was closed now did not arrive: .*the last try failed/m,
    );
    assert.match(broken.join('\n'), new RegExp(`^${standby.service} of shandi: it does not answer`, 'm'));
    assert.match(broken.join('\n'), /^certificate of api\.theshandi\.com: .*expired/m);
    assert.equal(broken.length, 3, broken.join('\n'));
  });
});
