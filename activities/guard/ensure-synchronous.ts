import { escapeIdentifier, escapeLiteral } from 'pg';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { psql } from '../shared/psql';

/**
 * Makes commits on the primary wait for standbys, or no longer (PostgreSQL manual 20.6.2, synchronous_standby_names). A
 * setting that is right already is left alone. ALTER SYSTEM and a reload work also while every commit hangs.
 * @param args.standbys services whose flush counts; empty: commits wait for nobody
 * @param args.count how many of them must have flushed
 * @throws DR-SQL, DR-DATABASE-DOWN
 */
export async function ensureSynchronous(
  args: DatabaseAt & { standbys: string[]; count: number },
): Promise<{ from: string; to: string }> {
  const to = args.standbys.length === 0 ? '' : `ANY ${args.count} (${args.standbys.map(escapeIdentifier).join(', ')})`;
  return withHeartbeat('setting synchronous_standby_names', async (_beat, signal) => {
    const { Id } = await databaseContainer(args);
    const ask = (): Promise<string> => psql(args.site, Id, 'SHOW synchronous_standby_names', { signal });
    const from = await ask();
    if (from === to) return { from, to };
    await psql(
      args.site,
      Id,
      [
        `ALTER SYSTEM SET synchronous_standby_names = ${escapeLiteral(to)}`,
        `DO $dr$ BEGIN PERFORM pg_reload_conf(); END $dr$`,
      ],
      { signal },
    );
    // The postmaster reads the file when it gets to it.
    for (let tries = 0; tries < 20; tries += 1) if ((await ask()) === to) return { from, to };
    throw drFailure(
      'DR-SQL',
      `synchronous_standby_names of ${args.database.service} is still ${await ask()} after a reload, expected ${to}`,
      {
        retry: true,
      },
    );
  });
}
