import type { ReadBack } from '../../workflows/contracts/backup';
import type { DatabaseAt } from '../../workflows/contracts/recovery';
import { parseSegment, segmentName } from '../../workflows/contracts/wal';
import { databaseContainer } from '../shared/database-container';
import { withHeartbeat } from '../shared/heartbeat';
import { readRepository } from './read-repository';

export interface ReadBackBackup extends DatabaseAt {
  /** Label of the backup. */
  label: string;
}

/**
 * Looks a backup up in the repository: it is listed without error, so is every one it refers to, and each segment of WAL from
 * its start to its stop is in the archive. `pgbackrest verify` of 2.45 reads the whole repository and ends with 0 whatever it
 * finds, so it proves nothing about one backup; that its files can be restored is what `restoreTest` is for.
 * @throws DR-NO-BACKUP, DR-TOOL
 */
export async function readBackBackup(at: ReadBackBackup): Promise<ReadBack> {
  return withHeartbeat('reading a backup back', async (_beat, signal) => {
    const { Id } = await databaseContainer(at);
    const { info, archive, segmentBytes } = await readRepository(at, Id, { signal });
    const sound = new Set(info.backups.filter((one) => !one.hasErrors).map((one) => one.label));
    const backup = info.backups.find((one) => one.label === at.label);
    if (!backup) return { listed: false, brokenReferences: [], missingSegments: [], segments: 0 };
    const wanted: string[] = [];
    const first = parseSegment(backup.archiveStart, segmentBytes);
    const last = parseSegment(backup.archiveStop, segmentBytes);
    if (first && last)
      for (let { number } = first; number <= last.number; number += 1)
        wanted.push(segmentName({ timeline: first.timeline, number }, segmentBytes));
    return {
      listed: sound.has(at.label),
      brokenReferences: (backup.references ?? []).filter((label) => !sound.has(label)),
      missingSegments: wanted.filter((one) => !archive.segments.has(one)),
      segments: wanted.length,
    };
  });
}
