/** Activities that watch a database, and keep its commits waiting for as many standbys as the plan asks. */
export { lastSample } from './last-sample';
export { lookRound, type LookRound } from './look-round';
export { observeDatabase, type Observation, type ObserveDatabase } from './observe-database';
export { ensureSynchronous } from './ensure-synchronous';
export { readAvailability } from './read-availability';
