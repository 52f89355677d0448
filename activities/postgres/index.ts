/** Activities on a PostgreSQL server: its own, and the restored copy beside it. */
export { readDatabase } from './read-database';
export { secureTail, type SecuredTail } from './secure-tail';
export type { StartCopy } from './copy-container';
export { startCopy } from './start-copy';
export { inspectCopy } from './inspect-copy';
export { measureLoss } from './measure-loss';
export { promoteCopy } from './promote-copy';
export { inspectPromoted, type PromotedInspection } from './inspect-promoted';
export { stopCopy, type StoppedCopy } from './stop-copy';
export { removeCopy } from './remove-copy';
export { surveyServer, type SurveyServer } from './survey-server';
export { salvageWal, type SalvageWal } from './salvage-wal';
export { promoteStandby, type PromoteStandby } from './promote-standby';
export { directWrite } from './direct-write';
export { rebuildStandby, type RebuildStandby, type RebuiltStandby } from './rebuild-standby';
export { rewindStandby, type RewindStandby, type RewoundStandby } from './rewind-standby';
export { startStandby, type StartStandby } from './start-standby';
export { measureDivergence, type Divergence } from './measure-divergence';
