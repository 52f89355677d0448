import type { ApprovalReference } from '../../workflows/contracts/approval';
import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { historyName } from '../../workflows/contracts/wal';

export interface PushedHistory {
  /** Name of the file; undefined on timeline 1, which has none. */
  file?: string;
  durationMs: number;
}

// $1 stanza, $2 data directory, $3 file name. archive-push of a file that is there with the same content succeeds; the
// proof is the file that comes back, byte for byte.
const script = `cd "$2" || exit 9
[ -f "pg_wal/$3" ] || { echo "pg_wal/$3 does not exist" >&2; exit 8; }
work=$(mktemp -d) || exit 9
trap 'rm -rf "$work"' EXIT
quiet="--log-level-console=off --log-level-stderr=error --log-level-file=off --no-archive-async"
pgbackrest $quiet --stanza="$1" archive-push "pg_wal/$3" || exit $?
pgbackrest $quiet --stanza="$1" archive-get "$3" "$work/back" || exit $?
cmp "pg_wal/$3" "$work/back"`;

/**
 * Puts the history file of a new timeline into the archive. The copy was promoted with archiving off, so PostgreSQL never
 * queued the file; without it the next recovery either fails or silently ends on the abandoned timeline. Safe to repeat.
 * From then on whoever recovers to the newest timeline takes this one.
 * @throws DR-APPROVAL-MISSING, DR-ARCHIVE, e.g. when the archive holds another history under the same number
 */
export async function pushHistory(
  at: DatabaseAt & { timeline: number; approval: ApprovalReference },
): Promise<PushedHistory> {
  demandApproval(at.approval);
  return withHeartbeat('archiving the timeline history', async (_beat, signal) => {
    const began = Date.now();
    if (at.timeline <= 1) return { durationMs: 0 };
    const file = historyName(at.timeline);
    const { Id } = await databaseContainer(at);
    const { stanza } = at.database.backup;
    const result = await execIn(at.site, Id, ['sh', '-c', script, 'sh', stanza, at.database.dataDirectory, file], {
      user: 'postgres',
      signal,
    });
    if (result.exitCode !== 0)
      throw drFailure(
        'DR-ARCHIVE',
        `history file ${file} of database ${at.database.name} is not in the archive of stanza ${stanza}: ${(result.stderr || result.stdout).trim().slice(0, 500)}`,
        { retry: result.exitCode !== 8 && !/different checksum/.test(result.stderr) },
      );
    return { file, durationMs: Date.now() - began };
  });
}
