import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { execIn } from '../shared/exec';

/** Where the toolbox keeps it: in memory, gone with the container. `scripts.ts` looks there. */
export const borrowedControl = '/tmp/control';

// $1 stanza, $2 data directory, $3 where to, $4 the database. Its files become empty ones of the right length (sparse), so that
// of the largest database little more than the system's own tables is read.
const script = `[ ! -r "$2/global/pg_control" ] || exit 0
[ ! -r "$3/global/pg_control" ] || exit 0
rm -rf "$3"
mkdir -m 0700 "$3" || exit 9
exec pgbackrest --stanza="$1" --pg1-path="$3" --db-exclude="$4" --type=none --log-level-console=off --log-level-stderr=error --log-level-file=off restore`;

/**
 * pgBackRest hands out WAL only to a data directory whose `global/pg_control` is of the archive's cluster, so that nobody mixes
 * two (its manual, "archive-get"). Where the data volume is gone or damaged the newest backup has one: it is restored into the
 * toolbox, without the content of the database. Without a backup there is none to borrow, and nothing to recover either.
 */
export async function borrowControl(at: DatabaseAt, toolbox: string, signal: AbortSignal): Promise<void> {
  const { backup, dataDirectory, database } = at.database;
  const command = ['sh', '-c', script, 'sh', backup.stanza, dataDirectory, borrowedControl, database];
  // What cannot be borrowed is a reason not to begin, told with the others by whoever needs it.
  await execIn(at.site, toolbox, command, { user: 'postgres', signal, timeoutMs: 120_000 }).catch(() => {
    signal.throwIfAborted();
  });
}
