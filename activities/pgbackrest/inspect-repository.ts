import type { RepositoryFacts } from '../../workflows/contracts/readiness';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { readRepository } from './read-repository';
import { restorable } from './restorable';
import { parseHistory } from './timeline';

/** Backups and gaps that are handed on; where there are more, the newest backups and the oldest gaps. */
const most = 200;

/**
 * The backups of the present cluster, and to which moments they and the archive bring the database back. Asked in the
 * container of the primary, from the listing alone; changes nothing.
 * @param timeline the one the primary writes on
 * @throws DR-NO-BACKUP, DR-SECRET, DR-DATABASE-DOWN, DR-TOOL
 */
export async function inspectRepository(at: DatabaseAt & { timeline: number }): Promise<RepositoryFacts> {
  return withHeartbeat('reading the repository', async (_beat, signal) => {
    const { Id } = await databaseContainer(at);
    const { info, archive, history, segmentBytes, waiting } = await readRepository(at, Id, {
      timeline: at.timeline,
      signal,
    });
    const path = parseHistory(at.timeline, history ?? '');
    const { windows, gaps, openEnded } = restorable(info.backups, archive, path, segmentBytes, waiting);
    return {
      backups: info.backups.slice(0, most),
      windows: windows.slice(-most),
      gaps: gaps.slice(0, most),
      openEnded,
    };
  });
}
