/** Activities on the containers, volumes and disks of a site's Docker engine. */
export { awaitService, type AwaitService, type AwaitedService } from './await-service';
export { fenceServer, type FenceServer } from './fence-server';
export { haltServer, type HaltServer, type HaltedServer } from './halt-server';
export { markDemoted, type MarkDemoted } from './mark-demoted';
export { unmarkDemoted } from './unmark-demoted';
export { proveFence, type ProveFence } from './prove-fence';
export { unfenceServer } from './unfence-server';
export { recordDamagedVolume, type KeptVolume } from './record-damaged-volume';
export { freeDisk } from '../shared/free-disk';
export { stopInOrder, type StopInOrder, type StoppedInOrder } from './stop-in-order';
export { setRestartPolicy } from './set-restart-policy';
export { inspectService } from './inspect-service';
export { keepServiceLog } from './keep-service-log';
export { restartService, type RestartService } from './restart-service';
export { inspectProject, type InspectProject } from './inspect-project';
export { awaitServices, type AwaitServices } from './await-services';
export { makeDataVolume } from './make-data-volume';
