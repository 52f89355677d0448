/** Activities on the compose project of a site. */
export { useDataVolume } from './use-data-volume';
export { startServer } from './start-server';
