import { drFailure } from '../../workflows/contracts/errors';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { queryJson } from '../shared/psql';
import { readRepository } from './read-repository';

export interface ArchiveCheck {
  /** Segment that was closed for this check and found in the repository. */
  segment: string;
  durationMs: number;
}

/**
 * Proves that WAL of the running server reaches the repository: archiving is on, a segment that is closed now arrives, and
 * it is seen in the repository's own listing. `pgbackrest check` closes the segment and waits for it; it also refuses a
 * server or stanza that do not belong together.
 * @param deadlineMs longest wait for the segment (default 60 000)
 * @throws DR-ARCHIVE
 */
export async function archiveCheck(at: DatabaseAt & { deadlineMs?: number }): Promise<ArchiveCheck> {
  return withHeartbeat('checking the WAL archive', async (_beat, signal) => {
    const began = Date.now();
    const { Id } = await databaseContainer(at);
    const { stanza } = at.database.backup;
    const server = await queryJson<{ mode: string; failed: number; last: string | null; lastFailed: string | null }>(
      at.site,
      Id,
      `SELECT json_build_object('mode', current_setting('archive_mode'), 'failed', failed_count,
         'last', last_archived_wal, 'lastFailed', last_failed_wal) FROM pg_stat_archiver`,
      { signal },
    );
    if (server.mode === 'off')
      throw drFailure(
        'DR-ARCHIVE',
        `archive_mode is off on the server of database ${at.database.name}; WAL is not archived`,
      );
    const seconds = Math.max(1, Math.ceil((at.deadlineMs ?? 60_000) / 1000));
    const check = await execIn(
      at.site,
      Id,
      [
        'pgbackrest',
        `--stanza=${stanza}`,
        `--archive-timeout=${seconds}`,
        '--log-level-console=info',
        '--log-level-file=off',
        'check',
      ],
      { user: 'postgres', signal, timeoutMs: (seconds + 30) * 1000 },
    );
    const said = `${check.stdout}\n${check.stderr}`;
    const segment = /WAL segment ([0-9A-F]{24}) successfully archived/.exec(said)?.[1];
    if (check.exitCode !== 0 || !segment)
      throw drFailure(
        'DR-ARCHIVE',
        `pgbackrest check of stanza ${stanza} ended with ${check.exitCode}: ${errorLines(said)} (segments that failed so far: ${server.failed}, last archived: ${server.last ?? 'none'})`,
        { retry: true },
      );
    const { archive } = await readRepository(at, Id, { signal });
    if (!archive.segments.has(segment))
      throw drFailure(
        'DR-ARCHIVE',
        `pgbackrest check of stanza ${stanza} says that segment ${segment} was archived, but the repository does not list it`,
        { retry: true },
      );
    return { segment, durationMs: Date.now() - began };
  });
}

function errorLines(text: string): string {
  const errors = text.split('\n').filter((line) => /ERROR|HINT|WARN/.test(line));
  return (errors.length > 0 ? errors.join(' ') : text).replace(/\s+/g, ' ').trim().slice(0, 500);
}
