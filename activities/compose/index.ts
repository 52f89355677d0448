/** Activities on the compose project of a site. */
export { useDataVolume } from './useDataVolume';
export { startServer } from './startServer';
