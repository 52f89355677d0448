/** To which moments a repository can bring a database back. Pure functions. */
import type { RepositoryFacts, RestorableWindow } from '../../workflows/contracts/readiness';
import type { BackupFacts } from '../../workflows/contracts/recovery';
import { parseSegment } from '../../workflows/contracts/wal';
import { reachFrom, type Archive } from './archive';
import { firstUsableTime } from './backups';
import { isOnPath, type Stretch } from './timeline';

/**
 * The stretches of time that good backups and the WAL behind them cover, as the listing alone tells: no segment is opened.
 * Backups that reach the same end make one stretch; a hole in the WAL ends one, and the next begins with the next backup.
 * @param path timelines that lead to the one the database is on
 * @param waiting segments the server has yet to archive: where one is next, the archive ends and is not called broken
 */
export function restorable(
  backups: BackupFacts[],
  archive: Archive,
  path: Stretch[],
  segmentBytes: number,
  waiting: Set<string> = new Set(),
): Omit<RepositoryFacts, 'backups'> {
  const usable = backups
    .filter((one) => !one.hasErrors && isOnPath(path, one.timeline, one.stopLsn))
    .sort((a, b) => a.stoppedAt.localeCompare(b.stoppedAt));
  const windows = new Map<number, RestorableWindow>();
  let gaps: RepositoryFacts['gaps'] | undefined;
  let openEnded = false;
  for (const backup of usable) {
    const first = parseSegment(backup.archiveStart, segmentBytes)?.number;
    const needed = parseSegment(backup.archiveStop, segmentBytes)?.number;
    if (first === undefined || needed === undefined) continue;
    const reach = reachFrom(archive, path, first, segmentBytes, waiting);
    gaps ??= reach.gaps;
    const end = reach.usable.at(-1);
    // Without the WAL that was written while it was taken it is no backup at all.
    if (!end || end.number < needed || reach.usable[0]?.number !== first) continue;
    openEnded ||= reach.gaps.length === 0;
    if (windows.has(end.number)) continue;
    const until = new Date(Math.max(end.archivedAt * 1000, Date.parse(backup.stoppedAt))).toISOString();
    windows.set(end.number, { from: firstUsableTime(backup), until, backup: backup.label });
  }
  return {
    windows: [...windows].sort(([a], [b]) => a - b).map(([, window]) => window),
    gaps: gaps ?? [],
    openEnded,
  };
}
