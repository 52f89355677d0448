export { platformDown, type DownResult } from './down';
export { platformStatus, type PlatformStatus, type ServiceStatus } from './status';
export { platformUp, type Addresses, type UpOptions, type UpResult } from './up';
export { readEnv } from './env';
export { connection, queryOnce } from './probe';
export { ensureState, ensureVolumes } from './state';
export { readRoles, type Roles } from './roles';
export { backupSiteUp, type BackupSiteOptions } from './backup-site';
export { backupProject } from './layout';
