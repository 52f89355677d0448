export { readPast } from './read-past';
export { openRuns, type OpenRun } from './open-runs';
export { pinPlan } from './pin-plan';
export { writeReport } from './write-report';
export { exportEvidence } from './export-evidence';
