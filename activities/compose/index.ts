/** Activities on the compose project of a site. */
export { useDataVolume } from './use-data-volume';
export { startServer } from './start-server';
export { repointServices, type RepointServices, type RepointedServices } from './repoint-services';
export { restartServer, type RestartServer, type RestartedServer } from './restart-server';
export { createServer } from './create-server';
export { recreateService, type RecreateService } from './recreate-service';
export { useStoreVolume, type UseStoreVolume } from './use-store-volume';
export { startServices, type StartServices } from './start-services';
