export { readPast } from './read-past';
export { pinPlan } from './pin-plan';
export { writeReport } from './write-report';
export { exportEvidence } from './export-evidence';
