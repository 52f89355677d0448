/** Activities on the containers, volumes and disks of a site's Docker engine. */
export { fenceServer, type FenceServer } from './fenceServer';
export { unfenceServer } from './unfenceServer';
export { recordDamagedVolume, type KeptVolume } from './recordDamagedVolume';
export { freeDisk } from './freeDisk';
