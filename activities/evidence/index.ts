export { pinPlan } from './pinPlan';
export { writeReport } from './writeReport';
