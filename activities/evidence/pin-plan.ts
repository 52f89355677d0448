import { loadPlan, type Plan } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from '../shared/paths';

/** The plan a run began with. The whole of it enters the history, so a later edit changes no run that is under way. */
export interface PinnedPlan {
  hash: string;
  version: string;
  name: string;
  plan: Plan;
}

/** Path of the plan on the control worker: `DR_PLAN`, default `plan/shandi.yaml`. */
export const planPath = (): string => fromRoot(process.env['DR_PLAN'] || 'plan/shandi.yaml');

/**
 * Reads and validates the plan.
 * @throws DR-PLAN with every fault, or when its hash is not the one the run was started for
 */
export async function pinPlan(args: { expectHash?: string }): Promise<PinnedPlan> {
  const loaded = await loadPlan(planPath()).catch((error: Error) => {
    throw drFailure('DR-PLAN', error.message);
  });
  if (args.expectHash !== undefined && args.expectHash !== loaded.hash) {
    throw drFailure('DR-PLAN', `the plan has hash ${loaded.hash}, but the run was started for ${args.expectHash}`, {
      next: 'Read what changed in the plan, then start the run for the plan as it is now.',
    });
  }
  return { hash: loaded.hash, version: loaded.plan.version, name: loaded.plan.name, plan: loaded.plan };
}
