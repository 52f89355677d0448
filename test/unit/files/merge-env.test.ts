import assert from 'node:assert/strict';
import { parseEnv } from 'node:util';
import { keyChanges, lackedKeys, mergeEnv, type Merge } from '../../../activities/files/merge-env';
import type { StatefulVariable } from '../../../workflows/contracts/bundle';

/**
 * The trap: the env file says which volume is the database. A bundle that is older than the last cut-over says the volume of
 * that day, and a database that is started on it has lost everything since.
 */
const stateful: StatefulVariable[] = [
  {
    variable: 'PGDATA_VOLUME',
    what: 'volume of database shandi',
    mounted: { service: 'postgres', directory: '/data' },
  },
  {
    variable: 'DATABASE_HOST',
    what: 'server of database shandi',
    pooler: { databasesFile: 'databases.ini', database: 'theshandi_db' },
  },
];
const bundle = 'PG_PASSWORD=old-password\nPGDATA_VOLUME=shandi_pgdata\nDATABASE_HOST=postgres\n# the end\n';
const merge = (given: Partial<Merge>): ReturnType<typeof mergeEnv> =>
  mergeEnv({
    bundle,
    present: undefined,
    base: 'bundle',
    stateful,
    known: {},
    takenAt: '2026-11-22T16:00:00.000Z',
    ...given,
  });
const values = (given: Partial<Merge>): NodeJS.Dict<string> => parseEnv(merge(given).text);

describe('what an env file says that is restored', () => {
  it('keeps the volume and the server that stand in the present file, whatever else is wrong with it', () => {
    const present = '}{ garbage\nPGDATA_VOLUME=shandi_pgdata_pitr_1\nDATABASE_HOST=postgres-standby\n';
    const merged = merge({ present, known: { PGDATA_VOLUME: { presentExists: true } } });
    assert.deepEqual(parseEnv(merged.text), {
      PG_PASSWORD: 'old-password',
      PGDATA_VOLUME: 'shandi_pgdata_pitr_1',
      DATABASE_HOST: 'postgres-standby',
    });
    assert.deepEqual(merged.from, { PGDATA_VOLUME: 'present', DATABASE_HOST: 'present' });
    assert.deepEqual(merged.warnings, []);
    assert.match(merged.text, /# the end\n$/);
  });

  it('takes what is in use where the present file does not say', () => {
    const known = { PGDATA_VOLUME: { inUse: 'shandi_pgdata_pitr_2' }, DATABASE_HOST: { inUse: 'postgres-standby' } };
    for (const present of [undefined, '', 'garbage', 'PGDATA_VOLUME=\n']) {
      const merged = merge({ known, ...(present === undefined ? {} : { present }) });
      assert.equal(parseEnv(merged.text)['PGDATA_VOLUME'], 'shandi_pgdata_pitr_2');
      assert.equal(parseEnv(merged.text)['DATABASE_HOST'], 'postgres-standby');
      assert.deepEqual(merged.warnings, []);
    }
  });

  it('does not believe a volume that does not exist, or a name that is none: half a line is no volume', () => {
    const known = { PGDATA_VOLUME: { inUse: 'shandi_pgdata_pitr_2', presentExists: false } };
    assert.equal(values({ present: 'PGDATA_VOLUME=shandi_pgd', known })['PGDATA_VOLUME'], 'shandi_pgdata_pitr_2');
    const odd = { PGDATA_VOLUME: { inUse: 'shandi_pgdata_pitr_2' } };
    assert.equal(values({ present: 'PGDATA_VOLUME=a b;c', known: odd })['PGDATA_VOLUME'], 'shandi_pgdata_pitr_2');
  });

  it("takes the bundle's where nothing else says, with a warning that names variable, value and age", () => {
    const merged = merge({ known: { DATABASE_HOST: { inUse: 'postgres' } } });
    assert.deepEqual(merged.from, { PGDATA_VOLUME: 'bundle', DATABASE_HOST: 'in use' });
    assert.equal(merged.warnings.length, 1);
    assert.match(merged.warnings[0] ?? '', /PGDATA_VOLUME: .*bundle of 2026-11-22T16:00:00.000Z: shandi_pgdata\./);
  });

  it('says so when the present file and what is in use differ', () => {
    const known = { PGDATA_VOLUME: { inUse: 'b', presentExists: true } };
    const merged = merge({ present: 'PGDATA_VOLUME=a\nDATABASE_HOST=postgres\n', known });
    assert.equal(parseEnv(merged.text)['PGDATA_VOLUME'], 'a');
    assert.match(merged.warnings.join(), /the env file says a and b is in use/);
  });

  it('quotes no value of the bundle that is no name: it may be a secret in the wrong line', () => {
    const merged = merge({ bundle: 'PGDATA_VOLUME="pass word"\n' });
    assert.doesNotMatch(merged.warnings.join(), /pass word/);
  });

  it('adds only what is lacking to a file that can be read: a password that was changed since stays', () => {
    const present = 'PG_PASSWORD=new-password\nEXTRA=1';
    const known = { PGDATA_VOLUME: { inUse: 'shandi_pgdata_pitr_3' }, DATABASE_HOST: { inUse: 'postgres' } };
    assert.deepEqual(values({ present, base: 'present', known }), {
      PG_PASSWORD: 'new-password',
      EXTRA: '1',
      PGDATA_VOLUME: 'shandi_pgdata_pitr_3',
      DATABASE_HOST: 'postgres',
    });
  });

  it('is the same when it is done again', () => {
    const known = { PGDATA_VOLUME: { inUse: 'x', presentExists: true }, DATABASE_HOST: { inUse: 'y' } };
    const once = merge({ present: 'garbage', known }).text;
    assert.equal(merge({ present: once, known }).text, once);
    assert.equal(merge({ present: once, base: 'present', known }).text, once);
  });

  it('names keys and never values', () => {
    const changes = keyChanges('A=secret-1\nB=secret-2\n', 'B=secret-3\nC=secret-4\n');
    assert.deepEqual(changes, { added: ['C'], removed: ['A'], changed: ['B'] });
    assert.deepEqual(keyChanges(undefined, 'A=1\n').added, ['A']);
    assert.deepEqual(lackedKeys('A=1\n', bundle), ['PG_PASSWORD', 'PGDATA_VOLUME', 'DATABASE_HOST']);
  });
});
