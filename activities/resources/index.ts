/** Activities on what the platform uses up: memory, disks, connections. */
export { endSessions, type EndSessions } from './end-sessions';
export { freeFiles, type FreeFiles } from './free-files';
export { limitMemory, type LimitMemory } from './limit-memory';
export { measureConnections, type MeasureConnections } from './measure-connections';
export { measureContainers, type MeasureContainers } from './measure-containers';
export { measureDisks, type MeasureDisks } from './measure-disks';
