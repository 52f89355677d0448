/** Activities on a site as a whole: what of it answers, and how its containers are stopped and let go. */
export { reachSite, type ReachSite } from './reach-site';
export { reachUpstream } from './reach-upstream';
export { inspectServices, type InspectServices } from './inspect-services';
export { stopServices, type StopServices } from './stop-services';
export { releaseServices } from './release-services';
export { awaitSite } from './await-site';
