import type { RedisBackup, StoreAt } from '../../workflows/contracts/store';
import { withHeartbeat } from '../shared/heartbeat';
import { backupFolder, demandWhole, readManifests } from './backup-files';

/** Backups that are handed on; older ones are there, and can be named. */
const most = 50;

/**
 * The finished backups of a store, the newest first, each with whether its file is still what was written.
 * @param directory `backups.directory` of the plan
 * @param only look at this one alone
 * @param before UTC or with offset; what was taken after it does not fit
 */
export async function listStoreBackups({
  store,
  directory,
  only,
  before,
}: StoreAt & { directory: string; only?: string; before?: string }): Promise<
  { backup: RedisBackup; problem?: string }[]
> {
  return withHeartbeat(`reading the backups of ${store.name}`, async () => {
    const folder = backupFolder(directory, store);
    const found = (await readManifests(folder)).filter((one) => only === undefined || one.label === only);
    const isLate = ({ takenAt }: RedisBackup): boolean =>
      before !== undefined && Date.parse(takenAt) > Date.parse(before);
    // However many were taken since: the newest of those that fit are among those that are handed on.
    const late = found.filter(isLate);
    const all = [...late.slice(0, 5), ...found.filter((one) => !isLate(one)).slice(0, most)];
    const judged: { backup: RedisBackup; problem?: string }[] = [];
    for (const backup of all) {
      // The newest that is whole is the one that will be asked for: no need to read every file.
      const known = judged.some((one) => one.problem === undefined);
      const problem = isLate(backup)
        ? 'it was taken after the data was lost'
        : known
          ? undefined
          : await demandWhole(folder, backup).catch((error: Error) => error.message);
      judged.push({ backup, ...(problem === undefined ? {} : { problem }) });
    }
    return judged;
  });
}
