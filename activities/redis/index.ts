/** Activities on a store of kind redis. */
export { inspectStore } from './inspect-store';
export { backupStore, type BackupStore } from './backup-store';
export { listStoreBackups } from './list-store-backups';
export { restoreStoreCopy, type RestoreStoreCopy } from './restore-store-copy';
export { removeStoreCopy } from './remove-store-copy';
export { writeCanary } from './write-canary';
