/** Activities on backups and the WAL archive, by pgBackRest. */
export { openToolbox, type OpenToolbox } from './open-toolbox';
export { closeToolbox } from './close-toolbox';
export { listBackups } from './list-backups';
export { checkCoverage, type CheckCoverage } from './check-coverage';
export { checkInPlace, type CheckInPlace } from './check-in-place';
export { restoreCopy, type RestoreCopy } from './restore-copy';
export { archiveTail, type ArchivedTail } from './archive-tail';
export { pushHistory, type PushedHistory } from './push-history';
export { dropTimeline, type DropTimeline, type DroppedTimeline } from './drop-timeline';
export { archiveCheck, type ArchiveCheck } from './archive-check';
export { fullBackup, takeBackup, type FullBackup, type TakeBackup } from './take-backup';
export { readBackBackup, type ReadBackBackup } from './read-back-backup';
export { expireBackups, type ExpireBackups } from './expire-backups';
export { inspectRepository } from './inspect-repository';
export { outlivedBackups } from './outlived-backups';
export { keptInRepository } from './kept-in-repository';
