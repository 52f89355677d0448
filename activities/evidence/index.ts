export { pinPlan } from './pin-plan';
export { writeReport } from './write-report';
export { gatherRuns } from './gather-runs';
export { askServer } from './ask-server';
export { compareCompose } from './compare-compose';
export { writePeriodicReport } from './write-periodic';
export { readTasks } from './read-tasks';
