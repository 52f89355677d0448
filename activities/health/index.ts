/** Activities that look at the platform as its clients do. */
export { askWitness, type AskWitnessArgs } from './ask-witness';
export { clientWrite, type ClientWriteArgs } from './client-write';
export { awaitHealthy, type AwaitHealthy } from './await-healthy';
export { askDependency, type Dependency } from './ask-dependency';
export { askGateway, type AskGateway } from './ask-gateway';
export { askPages, type AskPages, type PageAnswer } from './ask-pages';
export { watchServing, type WatchServing } from './watch-serving';
export { placeTransactions, type PlaceTransactions } from './place-transactions';
export { runTestCommand, type RunTestCommand } from './run-test-command';
export { inspectResources } from './inspect-resources';
export { probePaths, type ProbePaths } from './probe-paths';
