import type { DamageFacts } from '../../workflows/contracts/incident';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { problemOf } from '../../workflows/contracts/errors';
import { containerLog } from '../shared/container-log';
import { findService } from '../shared/containers';
import { withHeartbeat } from '../shared/heartbeat';
import { queryJson } from '../shared/psql';

/** Lines of the log that are looked through, and lines that are handed on. */
const tail = 2_000;
const most = 5;

/**
 * What PostgreSQL writes when it reads something that cannot be: pages with a wrong checksum, files that are short or gone
 * (SQLSTATE XX001 data_corrupted, XX002 index_corrupted).
 */
const damage =
  /invalid page in block|page verification failed|could not read blocks? |unexpected data beyond EOF|missing chunk number|XX00[12]|could not open file "(base|global)\/|is not a btree|right sibling's left-link|invalid checkpoint record/i;

/**
 * Asks the server that the plan calls primary for signs of damage: checksum failures it has counted, and what its log says.
 * Reads no table: what nobody has read since it was damaged is not found here.
 */
export async function lookForDamage({ site, database }: DatabaseAt): Promise<DamageFacts> {
  return withHeartbeat(`looking for damage in ${database.name}`, async (_beat, signal) => {
    const info = await findService(site, database.service);
    if (!info) return { answered: false, logged: [], problem: `${database.service} has no container` };
    const [log, asked] = await Promise.all([
      containerLog(site, info.Id, { tail }),
      info.State.Running && !info.State.Paused
        ? ask({ site, database }, info.Id, signal)
        : { answered: false as const, problem: 'its container does not run' },
    ]);
    const logged = log
      .split('\n')
      .filter((line) => damage.test(line))
      .slice(-most)
      .map((line) => line.trim().slice(0, 300));
    return { logged, ...asked };
  });
}

const sql = `SELECT json_build_object(
  'checksumFailures', (SELECT coalesce(sum(checksum_failures), 0)::int FROM pg_stat_database),
  'used', (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend'),
  'max', current_setting('max_connections')::int)`;

async function ask(
  { site, database }: DatabaseAt,
  container: string,
  signal: AbortSignal,
): Promise<Omit<DamageFacts, 'logged'>> {
  try {
    const options = { database: database.database, signal, timeoutMs: 2_000, warm: true };
    const { checksumFailures, used, max } = await queryJson<{ checksumFailures: number; used: number; max: number }>(
      site,
      container,
      sql,
      options,
    );
    return { answered: true, checksumFailures, connections: { used, max } };
  } catch (error) {
    signal.throwIfAborted();
    return { answered: false, problem: problemOf(error).message };
  }
}
