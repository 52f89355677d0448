/** Where the backups of a store lie, and what is written down of each. */
import { join } from 'node:path';
import type { Store } from '../../plan';
import { redisBackupSchema, type RedisBackup } from '../../workflows/contracts/store';
import { demandWhole as demandWholeFile, readRecord, readRecords, recordFile } from '../shared/backup-files';
import { fromRoot } from '../shared/paths';

/** @param directory `backups.directory` of the plan */
export const backupFolder = (directory: string, { name }: Store): string => join(fromRoot(directory), 'stores', name);
export const snapshotFile = (folder: string, label: string): string => join(folder, `${label}.rdb`);
export const manifestFile = recordFile;

/** What is written down of one backup; undefined when there is none of that label, or it was never finished. */
export const readManifest = (folder: string, label: string): Promise<RedisBackup | undefined> =>
  readRecord(folder, label, redisBackupSchema);

/** All finished backups of a store, the newest first. */
export const readManifests = (folder: string): Promise<RedisBackup[]> => readRecords(folder, redisBackupSchema);

/** @throws DR-BACKUP-CORRUPT when the file is not the one that was written */
export const demandWhole = (folder: string, backup: RedisBackup): Promise<void> =>
  demandWholeFile(snapshotFile(folder, backup.label), backup);
