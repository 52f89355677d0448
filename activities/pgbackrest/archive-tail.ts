import type { ApprovalReference } from '../../workflows/contracts/approval';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { drFailure } from '../../workflows/contracts/errors';
import { segmentName, segmentOf } from '../../workflows/contracts/wal';
import { demandApproval } from '../shared/approval';
import { databaseContainer } from '../shared/database-container';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { pushHistory } from './push-history';
import { readRepository, type Repository } from './read-repository';

export interface ArchivedTail {
  /** Segments of the old timeline that were not in the archive and are now. */
  pushed: string[];
  durationMs: number;
}

// $1 data directory, $2 stanza, then segment names. A push of a segment that is there with the same content succeeds.
const script = `cd "$1" || exit 9; stanza=$2; shift 2
for one in "$@"; do
  [ -f "pg_wal/$one" ] || { echo "missing $one"; continue; }
  pgbackrest --log-level-console=off --log-level-stderr=error --log-level-file=off --no-archive-async --stanza="$stanza" archive-push "pg_wal/$one" || exit $?
  echo "pushed $one"
done`;

/**
 * Completes the archive after a failover: a standby marks what it received as archived although it archives nothing
 * (XLogArchiveForceDone, PostgreSQL source; cloudnative-pg #5969), so segments that the lost primary had not archived would
 * be missing for ever, and point-in-time recovery would end at that hole. Pushes every complete segment of the old
 * timeline behind the last archived one, and the history of the new timeline. Safe to repeat.
 * @param args.forkLsn where the new timeline leaves the old one; the segment it lies in is archived with the new timeline
 * @throws DR-APPROVAL-MISSING, DR-ARCHIVE when a segment is neither in the archive nor on the server, or a push fails
 */
export async function archiveTail(
  args: DatabaseAt & { timeline: number; forkLsn: string; newTimeline: number; approval: ApprovalReference },
): Promise<ArchivedTail> {
  demandApproval(args.approval);
  return withHeartbeat('completing the archive', async (_beat, signal) => {
    const began = Date.now();
    const { site, database, timeline } = args;
    const { Id } = await databaseContainer(args);
    const before = await readRepository(args, Id, { timeline, signal });
    const wanted = missing(before, args);
    if (wanted.length > 0) {
      const command = ['sh', '-c', script, 'sh', database.dataDirectory, database.backup.stanza, ...wanted];
      const result = await execIn(site, Id, command, { user: 'postgres', signal, timeoutMs: 600_000 });
      if (result.exitCode !== 0)
        throw drFailure(
          'DR-ARCHIVE',
          `archive-push on ${database.service} ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
          { retry: true },
        );
      const left = missing(await readRepository(args, Id, { timeline, signal }), args);
      if (left.length > 0)
        throw drFailure(
          'DR-ARCHIVE',
          `segments of timeline ${timeline} are neither in the archive nor on ${database.service}: ${left.join(', ')}`,
          { next: 'Point-in-time recovery ends at that hole: take a full backup at once.' },
        );
    }
    await pushHistory({ ...args, timeline: args.newTimeline });
    return { pushed: wanted, durationMs: Date.now() - began };
  });
}

/**
 * Complete segments of the old timeline that are not archived: from the first one that is, up to the fork. Asynchronous
 * archiving may have pushed a later one first, so holes count as well. Where none is, from where the timeline began.
 */
function missing(
  { archive, segmentBytes, history }: Repository,
  { timeline, forkLsn }: { timeline: number; forkLsn: string },
): string[] {
  const known = new Set(
    [...archive.segments.values()].filter((one) => one.timeline === timeline).map((one) => one.number),
  );
  const began = [...(history ?? '').matchAll(/^\d+\s+([0-9A-F]+\/[0-9A-F]+)/gim)].at(-1)?.[1];
  const fork = segmentOf(forkLsn, segmentBytes);
  const first = known.size > 0 ? Math.min(...known) : began ? segmentOf(began, segmentBytes) : fork;
  const wanted: string[] = [];
  for (let number = first; number < fork; number += 1)
    if (!known.has(number)) wanted.push(segmentName({ timeline, number }, segmentBytes));
  return wanted;
}
