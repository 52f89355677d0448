import { proxyLocalActivities } from '@temporalio/workflow';
import type * as evidence from '../../activities/evidence';
import type { PinnedPlan } from '../../activities/evidence/pin-plan';
import { problemOf } from '../contracts/errors';
import { Ended } from './endings';

// Beside the workflow task itself, on the worker that has it: every run begins with it, a failover while nobody is served.
const here = proxyLocalActivities<Pick<typeof evidence, 'pinPlan'>>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '200 ms', maximumInterval: '2 seconds', maximumAttempts: 5 },
});

/**
 * The plan of this run; in a drill that of the drill's copy.
 * @param planHash the only plan that is taken; default: whichever there is
 * @throws Ended (refused): a plan that is bad, or not the one the run was started for. Nothing was begun that could be held
 */
export async function pinPlan({ planHash, drill }: { planHash?: string; drill: boolean }): Promise<PinnedPlan> {
  try {
    return await here.pinPlan({
      ...(planHash === undefined ? {} : { expectHash: planHash }),
      ...(drill ? { drill } : {}),
    });
  } catch (error) {
    const { code, message } = problemOf(error);
    if (code === 'DR-PLAN') throw new Ended('refused', 'DR-PLAN', message);
    throw error;
  }
}
