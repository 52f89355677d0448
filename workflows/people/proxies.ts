import { proxyActivities } from '@temporalio/workflow';
import type * as notify from '../../activities/notify';
import type { Plan } from '../../plan';
import { controlQueue } from '../contracts/names';

export type NotifyActivities = typeof notify;

/**
 * The activities that tell people, as stubborn as the plan says: pauses double up to the longest. A dead worker is noticed by
 * its heartbeat, a channel that hangs by the activity itself.
 */
export const notifyActivities = ({ channels: { delivery } }: Plan): NotifyActivities =>
  proxyActivities<NotifyActivities>({
    taskQueue: controlQueue,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '5 seconds',
    retry: {
      initialInterval: delivery.firstPause,
      backoffCoefficient: 2,
      maximumInterval: Math.max(delivery.firstPause, delivery.longestPause),
      maximumAttempts: delivery.attempts,
    },
  });
