/** Activities that look at the platform as its clients do. */
export { clientWrite, type ClientWriteArgs } from './client-write';
