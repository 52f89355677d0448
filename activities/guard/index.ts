/** Activities that watch a database without touching it. */
export { lastSample } from './last-sample';
