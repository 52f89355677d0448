import type { BackupFacts, DatabaseAt } from '../../workflows/contracts/recovery';
import { withHeartbeat } from '../shared/heartbeat';
import { readRepository } from './read-repository';

/** Backups of the present cluster, newest first. @throws DR-NO-BACKUP when the stanza is not there, DR-TOOL */
export async function listBackups(at: DatabaseAt & { toolbox: string }): Promise<BackupFacts[]> {
  return withHeartbeat('listing backups', async (_beat, signal) => {
    return (await readRepository(at, at.toolbox, { signal })).info.backups;
  });
}
