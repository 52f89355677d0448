import type { RedisBackup, StoreAt } from '../../workflows/contracts/store';
import { withHeartbeat } from '../shared/heartbeat';
import { backupFolder, demandWhole, readManifests } from './backup-files';

/** Backups that are handed on; older ones are there, and can be named. */
const most = 50;

/**
 * The finished backups of a store, the newest first, each with whether its file is still what was written.
 * @param directory `backups.directory` of the plan
 * @param only look at this one alone
 */
export async function listStoreBackups({
  store,
  directory,
  only,
}: StoreAt & { directory: string; only?: string }): Promise<{ backup: RedisBackup; problem?: string }[]> {
  return withHeartbeat(`reading the backups of ${store.name}`, async () => {
    const folder = backupFolder(directory, store);
    const all = (await readManifests(folder)).filter((one) => only === undefined || one.label === only).slice(0, most);
    const judged: { backup: RedisBackup; problem?: string }[] = [];
    for (const backup of all) {
      // The newest that is whole is the one that will be asked for: no need to read every file.
      const known = judged.some((one) => one.problem === undefined);
      const problem = known ? undefined : await demandWhole(folder, backup).catch((error: Error) => error.message);
      judged.push({ backup, ...(problem === undefined ? {} : { problem }) });
    }
    return judged;
  });
}
