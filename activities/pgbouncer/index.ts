/** Activities on the connection pooler. */
export { pauseClients, type PauseClients, type PausedClients } from './pause-clients';
export { resumeClients } from './resume-clients';
export { repointClients } from './repoint-clients';
export { readRoles } from './read-roles';
