import { proxyActivities } from '@temporalio/workflow';
import type * as evidence from '../../activities/evidence';
import { controlQueue } from '../contracts/names';

// Years of reports on a slow disk take a while; a dead worker is noticed by its heartbeat.
export const control = proxyActivities<typeof evidence>({
  taskQueue: controlQueue,
  startToCloseTimeout: '10 minutes',
  scheduleToStartTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 3 },
});
