import { readFile } from 'node:fs/promises';
import { derivePlan, loadPlan, type LoadedPlan, type Plan } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import { fromRoot } from '../shared/paths';
import { keepPlan } from './kept-plans';

/** The plan a run began with. The whole of it enters the history, so a later edit changes no run that is under way. */
export interface PinnedPlan {
  hash: string;
  version: string;
  name: string;
  plan: Plan;
}

/** Path of the plan on the control worker: `DR_PLAN`, default `plan/shandi.yaml`. */
export const planPath = (): string => fromRoot(process.env['DR_PLAN'] || 'plan/shandi.yaml');

export interface PinPlan {
  /** SHA-256 in hex of the only plan that is taken; default: whichever there is. */
  expectHash?: string;
  /** The plan of the copy that drills work on, which follows from it. */
  drill?: true;
}

/**
 * Reads and validates the plan.
 * @throws DR-PLAN with every fault, when its hash is not the one the run was started for, or when it has no drills
 */
export async function pinPlan(args: PinPlan): Promise<PinnedPlan> {
  const loaded = await load(planPath()).catch((error: Error) => {
    throw drFailure('DR-PLAN', error.message);
  });
  if (args.expectHash !== undefined && args.expectHash !== loaded.hash) {
    throw drFailure('DR-PLAN', `the plan has hash ${loaded.hash}, but the run was started for ${args.expectHash}`, {
      next: 'Read what changed in the plan, then start the run for the plan as it is now.',
    });
  }
  const plan = args.drill ? ofDrill(loaded.plan) : loaded.plan;
  return { hash: loaded.hash, version: plan.version, name: plan.name, plan };
}

/** The plan of the drill's copy. */
function ofDrill(plan: Plan): Plan {
  if (!plan.drills)
    throw drFailure('DR-PLAN', 'the plan has no `drills`, so there is no copy of the platform that a drill could use', {
      next: 'Describe the copy under `drills` in the plan; docs/drills.md says how.',
    });
  try {
    return derivePlan(plan, plan.drills);
  } catch (error) {
    throw drFailure('DR-PLAN', (error as Error).message);
  }
}

let last: { path: string; text: string; loaded: LoadedPlan } | undefined;

/** A text that was read and found good is not examined again: that takes a tenth of a second, and a failover waits for it. */
async function load(path: string): Promise<LoadedPlan> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (last?.path !== path || last.text !== text) {
    const loaded = await loadPlan(path);
    // Written to in between: what was read is then not what was found good.
    if (text === undefined || text !== (await readFile(path, 'utf8').catch(() => undefined))) return loaded;
    last = { path, text, loaded };
  }
  // A disk that takes no file must keep nobody from recovering: the proof of this run is then worth less, and says so.
  await keepPlan(last.loaded.hash, last.text).catch(() => undefined);
  return last.loaded;
}
