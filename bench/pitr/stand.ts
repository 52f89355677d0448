/** The platform the bench works on: its own copy, with data and WAL of the wanted size, a backup and a mistake to undo. */
import { setTimeout as sleep } from 'node:timers/promises';
import { derivePlan, loadPlan, type Database, type Plan } from '../../plan';
import { compose, execIn } from '../../platform/lifecycle/compose';
import { PLATFORM_LABEL } from '../../platform/lifecycle/layout';
import { connection, queryOnce, until } from '../../platform/lifecycle/probe';
import { ensureState } from '../../platform/lifecycle/state';
import { run } from '../../platform/run';
import { checkout } from '../../scripts/set-up/paths';
import { join } from 'node:path';
import { log, megabytes } from '../lib/print';

export const project = 'shandi-bench';

/** Database, pooler, and one service that writes through the pooler every second: what the recovery path touches. */
export const services = ['postgres', 'redis', 'pgbouncer', 'order-service'];

export interface Stand {
  project: string;
  plan: Plan;
  database: Database;
  /** Entries of the copy's env file, passwords included. */
  env: Record<string, string>;
  /** Volume of the damaged database. */
  volume: string;
  /** Label of the backup every run restores. */
  backup: string;
  timeline: number;
  /** Moment every run recovers to: UTC, microseconds. */
  target: string;
  sizes: { dataBytes: number; backupBytes: number; walBytes: number; archiveBytes: number };
}

/** Bytes of one unit of pgbench's scale, measured: 100 000 accounts and their index. */
const bytesPerScale = 15_000_000;

/** SQL in the server of the copy, as superuser; several texts, each a transaction. @returns unaligned output */
export async function sql(...statements: string[]): Promise<string> {
  const command = ['psql', '-XqtA', '-v', 'ON_ERROR_STOP=1', '-d', 'theshandi_db'];
  const result = await execIn(project, 'postgres', [...command, ...statements.flatMap((text) => ['-c', text])]);
  if (result.code !== 0) throw new Error(`the bench's database answered: ${result.stderr.trim()}`);
  return result.stdout.trim();
}

/** Builds the stand. @param size bytes of data @param wal bytes of WAL between the backup and the target @param portOffset added to every port of the plan */
export async function buildStand(size: number, wal: number, portOffset: number): Promise<Stand> {
  const { plan: original } = await loadPlan(join(checkout, 'plan', 'shandi.yaml'));
  const plan = derivePlan(original, { project, portOffset });
  const database = plan.databases[0];
  if (!database) throw new Error('plan/shandi.yaml has no database');
  const env = await ensureState(project, portOffset);
  const volumes = ['PGDATA_VOLUME', 'PGREPO_VOLUME', 'REDIS_VOLUME', 'STANDBY_PGDATA_VOLUME'].map((name) => env[name]);
  for (const volume of volumes)
    await run('docker', ['volume', 'create', '--label', `${PLATFORM_LABEL}=${project}`, volume ?? '']);
  await compose(project, 'prod', ['up', '-d', '--no-deps', ...services]);
  await answers(env);
  // Autovacuum would work on the fresh tables in some runs and not in others. The setting is part of the backup.
  await sql('ALTER SYSTEM SET autovacuum = off', 'SELECT pg_reload_conf()');
  log(`platform ${project} answers; making ${megabytes(size)} of data`);

  await pgbench(['-i', '-q', '-s', String(Math.max(1, Math.round(size / bytesPerScale)))]);
  await sql('CHECKPOINT');
  await pgbackrest('--type=full', 'backup');
  const backup = await newestBackup();
  log(`backup ${backup.label}; making ${megabytes(wal)} of WAL`);
  await makeWal(backup.stopLsn, wal);

  const target = await mistake();
  const facts = await sql(
    `SELECT pg_database_size('theshandi_db') || ' ' || pg_wal_lsn_diff(pg_current_wal_lsn(), '${backup.stopLsn}')`,
  );
  const [dataBytes = 0, walBytes = 0] = facts.split(' ').map(Number);
  const du = await execIn(project, 'postgres', ['du', '-sb', '/var/lib/pgbackrest/archive']);
  const sizes = { dataBytes, backupBytes: backup.bytes, walBytes, archiveBytes: Number(du.stdout.split('\t')[0]) };
  log(`target ${target}: ${megabytes(backup.bytes)} to copy, ${megabytes(walBytes)} of WAL to replay`);
  const volume = env['PGDATA_VOLUME'] ?? '';
  return { project, plan, database, env, volume, backup: backup.label, timeline: 1, target, sizes };
}

/** Waits until the platform's server takes writes; by TCP, where the one that only fills an empty volume never listens. */
export async function answers(env: Record<string, string>): Promise<void> {
  await until('the database takes writes', () =>
    queryOnce(connection(env, 'POSTGRES_PORT'), 'SELECT 1 WHERE NOT pg_is_in_recovery()').then((rows) => rows[0]),
  );
}

async function pgbench(args: string[]): Promise<void> {
  // Nothing here measures commits, so nobody waits for the disk.
  const command = ['env', 'PGOPTIONS=-c synchronous_commit=off', 'pgbench', ...args, 'theshandi_db'];
  const result = await execIn(project, 'postgres', command, 60 * 60_000);
  if (result.code !== 0) throw new Error(`pgbench ${args.join(' ')} failed: ${result.stderr.trim().slice(-500)}`);
}

async function pgbackrest(...args: string[]): Promise<string> {
  const result = await execIn(project, 'postgres', ['pgbackrest', '--stanza=main', ...args], 60 * 60_000);
  if (result.code !== 0)
    throw new Error(`pgbackrest ${args.join(' ')} failed: ${(result.stderr || result.stdout).trim().slice(-500)}`);
  return result.stdout;
}

async function newestBackup(): Promise<{ label: string; stopLsn: string; bytes: number }> {
  type Info = { backup: { label: string; lsn: { stop: string }; info: { size: number } }[] };
  const found = (JSON.parse(await pgbackrest('--output=json', 'info')) as Info[])[0]?.backup.at(-1);
  if (!found) throw new Error('pgbackrest info lists no backup after one was taken');
  return { label: found.label, stopLsn: found.lsn.stop, bytes: found.info.size };
}

/** The transactions of pgbench until as much WAL was written as wanted. */
async function makeWal(from: string, wanted: number): Promise<void> {
  const written = async (): Promise<number> =>
    Number(await sql(`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '${from}')`));
  for (let have = await written(); have < wanted; have = await written()) {
    const seconds = Math.min(15, Math.max(1, Math.round((wanted - have) / 40e6)));
    await pgbench(['-n', '-c', '4', '-j', '2', '-T', String(seconds)]);
  }
}

/** An UPDATE without its WHERE, committed after the target, and everything in the archive. @returns the target */
async function mistake(): Promise<string> {
  await sql(`INSERT INTO dr_heartbeat (node) VALUES ('before the mistake')`);
  const target = await sql(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
  // The archive's clock has whole seconds in places; the mistake is clearly later than the target.
  await sleep(1500);
  await sql('UPDATE pgbench_tellers SET tbalance = 0', 'CHECKPOINT', 'SELECT pg_switch_wal()');
  const waiting = `SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`;
  for (const end = Date.now() + 20 * 60_000; Date.now() < end; await sleep(500))
    if ((await sql(waiting)) === '0') return target;
  throw new Error('the WAL was not archived within 20 minutes');
}
