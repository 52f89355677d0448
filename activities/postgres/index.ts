/** Activities on a PostgreSQL server: its own, and the restored copy beside it. */
export { readDatabase } from './readDatabase';
export { secureTail, type SecuredTail } from './secureTail';
export { startCopy, type StartCopy } from './startCopy';
export { inspectCopy } from './inspectCopy';
export { measureLoss } from './measureLoss';
export { promoteCopy } from './promoteCopy';
export { inspectPromoted, type PromotedInspection } from './inspectPromoted';
export { stopCopy, type StoppedCopy } from './stopCopy';
export { removeCopy } from './removeCopy';
export { directWrite } from './directWrite';
export { rebuildStandby, type RebuildStandby, type RebuiltStandby } from './rebuildStandby';
