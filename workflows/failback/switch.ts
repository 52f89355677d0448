/** Phase "Switch": clients are held where they are, the server there is shut down in order, and the one at home takes over. */
import type { Approval } from '../contracts/approval';
import type { Run } from '../kernel/run';
import { graceful, type Moved } from '../switchover/graceful';
import { NotGraceful } from '../switchover/not-graceful';
import { serves, whyNotServing } from '../failover/serving';
import type { WayHome } from './context';
import { lookAtBoth, type HomeFacts } from './decide';

/** Moves the primary home. Where that is not possible in order and in time it is undone, and the run ends. */
export async function switchHome(
  run: Run,
  way: WayHome,
  { survey, chosen }: HomeFacts,
  valid: Approval,
  budget: number,
): Promise<Moved> {
  run.phase('Switch');
  try {
    return await graceful(run, way.cluster, survey, chosen, valid, budget, way.door);
  } catch (error) {
    if (!(error instanceof NotGraceful)) throw error;
    return undone(run, way, error.problem.message);
  }
}

async function undone(run: Run, way: WayHome, why: string): Promise<never> {
  run.note(`not possible in order: ${why}`);
  await run.settled();
  await run.undo.unwind(why);
  run.record.setState('running');
  const { survey } = await run.probe('Look at both servers', () => lookAtBoth(way));
  if (serves(survey.primary))
    return run.giveUp('DR-STALL', `the way home was undone, and site ${way.there.name} goes on serving: ${why}`);
  run.problem({
    code: 'DR-DATABASE-DOWN',
    message: whyNotServing(survey.primary),
    next: `Start ${way.standIn} at site ${way.there.name}; nothing else was promoted. Then ./dr site failover --site ${way.there.name} --reason "WHY" brings its services back.`,
  });
  return run.giveUp('DR-STALL', `the way home was undone, and site ${way.there.name} does NOT serve: ${why}`);
}
