import type { RedisBackup, StoreAt } from '../../workflows/contracts/store';
import { judgeBackups, type Judged, type Wanted } from '../shared/backup-files';
import { withHeartbeat } from '../shared/heartbeat';
import { backupFolder, demandWhole, readManifests } from './backup-files';

/**
 * The finished backups of a store, the newest first, each with whether its file is still what was written.
 * @param directory `backups.directory` of the plan
 * @param only look at this one alone
 * @param before UTC or with offset; what was taken after it does not fit
 */
export async function listStoreBackups({
  store,
  directory,
  ...wanted
}: StoreAt & { directory: string } & Wanted): Promise<Judged<RedisBackup>[]> {
  return withHeartbeat(`reading the backups of ${store.name}`, async () => {
    const folder = backupFolder(directory, store);
    return judgeBackups(await readManifests(folder), wanted, (backup) => demandWhole(folder, backup));
  });
}
