import { Client } from 'pg';
import { compose } from '../../platform/lifecycle/compose';
import { readEnv, writeEnv } from '../../platform/lifecycle/env';
import { PLATFORM_LABEL } from '../../platform/lifecycle/layout';
import { connection, queryOnce, until } from '../../platform/lifecycle/probe';
import { run } from '../../platform/run';
import { answers, sql, type Stand } from './stand';

/**
 * Brings the stand back to where the next recovery begins: the damaged server runs on its own volume and timeline, the
 * copy is gone, and the archive holds nothing of the timeline the copy was promoted to. The damaged server was stopped in
 * order and never written to by a recovery, so it goes on as it was; backup, target and the WAL between are the same
 * bytes every time.
 */
export async function resetStand(stand: Stand): Promise<void> {
  const { project, database } = stand;
  await compose(project, 'prod', ['rm', '-sf', 'postgres']);
  const made = await list(['ps', '-aq', '--filter', `label=${PLATFORM_LABEL}=${project}`]);
  if (made.length > 0) await run('docker', ['rm', '-f', '-v', ...made]);
  await writeEnv(project, { ...(await readEnv(project)), [database.volumeVariable]: stand.volume });
  const copies = (await list(['volume', 'ls', '-q', '--filter', `label=${PLATFORM_LABEL}=${project}`])).filter((name) =>
    name.includes('_pgdata_pitr_'),
  );
  if (copies.length > 0) await run('docker', ['volume', 'rm', ...copies]);
  await forgetLaterTimelines(stand);
  await compose(project, 'prod', ['up', '-d', '--no-deps', 'postgres']);
  await answers(stand.env);
  await letClientsIn(stand);
  // What the last run left to be written must not slow down the next one.
  await sql('CHECKPOINT');
  await run('sync', [], { timeoutMs: 300_000 });
}

async function list(args: string[]): Promise<string[]> {
  return (await run('docker', args)).stdout.split('\n').filter(Boolean);
}

/** Segments and history files of every timeline after the first are named by it. Nothing writes there now. */
async function forgetLaterTimelines(stand: Stand): Promise<void> {
  const { repositoryVolume, repositoryPath, stanza } = stand.database.backup;
  const label = ['--label', `${PLATFORM_LABEL}=${stand.project}`];
  const mount = [...label, '-v', `${repositoryVolume}:${repositoryPath}`, '--network', 'none', '--entrypoint', 'find'];
  const where = [`${repositoryPath}/archive/${stanza}`, '-path', '*/0000000[2-9A-F]*', '-delete'];
  await run('docker', ['run', '--rm', ...mount, 'shandi/postgres:15', ...where]);
}

/** The pooler may still hold the clients of a run that failed. */
async function letClientsIn(stand: Stand): Promise<void> {
  const { pooler } = stand.database;
  const admin = new Client({
    host: pooler.host,
    port: pooler.port,
    user: pooler.adminUser,
    password: stand.env['PGBOUNCER_ADMIN_PASSWORD'],
    database: 'pgbouncer',
    connectionTimeoutMillis: 3000,
  });
  await admin.connect();
  // RESUME of a database that is not paused is an error, and no harm.
  await admin.query(`RESUME ${pooler.database}`).catch(() => undefined);
  await admin.end();
  await until('a client can write', () =>
    queryOnce(connection(stand.env, 'PGBOUNCER_PORT'), `INSERT INTO dr_heartbeat (node) VALUES ('reset') RETURNING id`),
  );
}
