/**
 * Disks rot quietly. Once it is the repository: a byte of a backup file has changed, and the restore must not put it into
 * anybody's database. Once it is the database itself: a page is torn before the backup is made, so the backup is a faithful
 * copy of damage; pgBackRest notes it and goes on, and recovery must never start from there unseen.
 */
import assert from 'node:assert/strict';
import { containerOf, inContainer } from '../support/docker';
import { failureOf, resultOf, until } from '../support/runs';
import type { Shandi } from '../support/shandi';
import { useShandi } from '../support/use-shandi';

const primary = containerOf('postgres');
const backups = '/var/lib/pgbackrest/backup/main';

interface Backup {
  label: string;
  error: boolean;
}

describe('corrupt page in the backup', function () {
  this.timeout(120_000);
  let shandi: Shandi;
  useShandi((opened) => (shandi = opened));

  const asRoot = (script: string, ...args: string[]): Promise<string> =>
    inContainer(primary, ['sh', '-ec', script, 'sh', ...args], 'root');
  const listed = async (): Promise<Backup[]> => {
    const text = await inContainer(primary, ['pgbackrest', 'info', '--stanza=main', '--output=json']);
    return (JSON.parse(text) as [{ backup: Backup[] }])[0].backup;
  };
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (let clean = cleanups.pop(); clean; clean = cleanups.pop()) await clean();
  });

  it('a file of the backup was changed in the repository: held, the file named; aborted, as it was', async () => {
    const chosen = await shandi.chosenBackup();
    // The largest file of the application's database in the backup that will be used.
    const file = await asRoot(
      'find "$1" -type f -path "*/pg_data/base/*" -printf "%s %p\\n" | sort -rn | head -n 1 | cut -d" " -f2',
      `${backups}/${chosen}`,
    );
    await asRoot('cp -p "$1" "$1.sound"', file);
    cleanups.push(() => asRoot('mv "$1.sound" "$1"', file));
    await asRoot('printf "\\125\\252\\125\\252" | dd of="$1" bs=1 seek=3000 conv=notrunc 2>/dev/null', file);

    const before = await shandi.footprint();
    const handle = await shandi.recover({ target: { kind: 'latest' }, backup: chosen });
    const { hold } = await until(handle, 'held');
    assert.equal(hold?.problem.code, 'DR-BACKUP-CORRUPT', hold?.problem.message);
    assert.match(hold.title, /^Restore backup/);
    const name = file.replace(/^.*\/pg_data\//, '').replace(/\.zst$/, '');
    assert.ok(hold.problem.message.includes(name), `${hold.problem.message} does not name ${name}`);
    await handle.executeUpdate('resolve', { args: [{ action: 'abort', by: 'tester', reason: 'test' }] });
    assert.equal((await failureOf(handle)).code, 'DR-ABORTED');
    assert.deepEqual(await shandi.footprint(), before);
    await shandi.clientWrites();
  });

  it('a page was torn before the backup was made: that backup is refused, and never chosen', async () => {
    const sql = (statement: string): Promise<string> => shandi.sqlAsAdmin(statement);
    await sql('CREATE TABLE torn (filler text) WITH (autovacuum_enabled = off)');
    cleanups.push(() => sql('DROP TABLE torn'));
    await sql(`INSERT INTO torn SELECT repeat('x', 500) FROM generate_series(1, 100)`);
    // Read once (that sets the hint bits) and written out: from here on nobody writes these pages again.
    await sql('SELECT count(*) FROM torn');
    await sql('CHECKPOINT');
    const path = await sql(`SELECT current_setting('data_directory') || '/' || pg_relation_filepath('torn')`);
    await asRoot('printf "\\125\\252\\125\\252" | dd of="$1" bs=1 seek=12000 conv=notrunc 2>/dev/null', path);

    const known = (await listed()).map((one) => one.label);
    await inContainer(primary, ['pgbackrest', '--stanza=main', '--type=full', '--no-expire-auto', 'backup']);
    const bad = (await listed()).find((one) => !known.includes(one.label));
    assert.ok(bad);
    cleanups.push(() => inContainer(primary, ['pgbackrest', '--stanza=main', `--set=${bad.label}`, 'expire']));
    assert.equal(bad.error, true, 'pgBackRest saw the torn page');
    await shandi.mark();

    const before = await shandi.footprint();
    const asked = await failureOf(await shandi.recover({ target: { kind: 'latest' }, backup: bad.label }));
    assert.equal(asked.code, 'DR-BACKUP-WITH-ERRORS', asked.message);
    assert.ok(asked.message.includes(bad.label));
    const chosen = await resultOf(await shandi.recover({ target: { kind: 'latest' }, mode: 'check' }));
    const { coverage } = chosen.result as { coverage: { backup: { label: string } } };
    assert.ok(known.includes(coverage.backup.label), `${coverage.backup.label} is an older one`);
    assert.deepEqual(await shandi.footprint(), before);
  });
});
