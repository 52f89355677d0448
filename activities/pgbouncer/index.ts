/** Activities on the connection pooler. */
export { pauseClients, type PausedClients } from './pauseClients';
export { resumeClients } from './resumeClients';
export { repointClients } from './repointClients';
