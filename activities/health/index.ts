/** Activities that look at the platform as its clients do. */
export { askWitness, type AskWitnessArgs } from './ask-witness';
export { clientWrite, type ClientWriteArgs } from './client-write';
