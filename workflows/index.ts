/** Every procedure, by the name `temporal workflow start --type` takes. */
export { keepCopy } from './keep-copy';
export { pointInTimeRecovery } from './point-in-time-recovery';
export { databaseFailover } from './database-failover';
export { reprotectDatabase } from './reprotect-database';
export { guardDatabase } from './guard-database';
export { databaseSwitchover } from './database-switchover';
export { databaseRestart } from './database-restart';
export { serviceRecovery } from './service-recovery';
export { backupRedis } from './backup-redis';
export { restoreRedis } from './restore-redis';
export { backupDatabase } from './backup-database';
export { restoreTest } from './restore-test';
export { startScheduled } from './start-scheduled';
export { fullSystemRecovery } from './full-system-recovery';
