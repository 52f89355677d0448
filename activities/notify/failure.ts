import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { errorCodes } from '../../workflows/contracts/errors';
import { redact } from '../shared/redact';

/** Longest pause that a channel may ask for, milliseconds: beyond it the policy of the plan is the better judge. */
const longestAsked = 5 * 60_000;

/**
 * That a channel did not take a message, with the number of the try. What the channel said is struck clean of secrets.
 * @param retry whether another try may help: a refusal will be the same next time
 * @param afterMs pause that the channel asked for
 */
export function channelFailure(message: string, retry: boolean, afterMs?: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'DR-CHANNEL',
    message: redact(message),
    nonRetryable: !retry,
    details: [{ next: errorCodes['DR-CHANNEL'].next, details: { attempts: activityInfo().attempt } }],
    ...(afterMs === undefined ? {} : { nextRetryDelay: Math.min(afterMs, longestAsked) }),
  });
}
