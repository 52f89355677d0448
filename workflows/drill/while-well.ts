/** A test competes with what serves for the machine: what serves is watched meanwhile, and comes first. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { problemOf } from '../contracts/errors';
import type { Run } from '../kernel/run';
import type { Drill } from './context';

/**
 * Does `work` while what serves is watched from the site it serves from. Becomes it unwell, the test ends at
 * once; the kernel ends what is under way and removes the copy. While the worker of that site is away nobody sees anything: the watch goes
 * on when it is back, and a look that can never succeed (a secret that is gone) ends the test.
 * @throws Ended (DR-TEST-STOPPED) saying what was seen
 */
export async function whileWell<T>(run: Run, drill: Drill, work: () => Promise<T>): Promise<T> {
  const watch = new CancellationScope();
  const alarm = watch
    .run(() => drill.watching.patient.watchServing(lookAt(drill)))
    .then(
      ({ says }) => stop(run, `what serves became unwell while the test ran: ${says}`),
      (error: unknown) => {
        if (isCancellation(error)) return never;
        return stop(run, `nobody could see how what serves is while the test ran: ${problemOf(error).message}`);
      },
    );
  const done = work();
  // The one that loses is not waited for; the kernel sees to it that its steps have ended.
  done.catch(() => undefined);
  alarm.catch(() => undefined);
  try {
    return await Promise.race([done, alarm]);
  } finally {
    watch.cancel();
  }
}

const never = new Promise<never>(() => undefined);

const stop = (run: Run, says: string): never =>
  run.giveUp('DR-TEST-STOPPED', `${says}; the test was ended, its copy removed`);

/** What a client would notice first. */
function lookAt({ plan, copy, serving: site }: Drill) {
  const { gateway, databases, businessContinuity, services } = plan;
  const page = services.find(({ name }) => gateway.upstreams.includes(name))?.businessPage ?? '/';
  const { every, failures } = copy.drills.watch;
  const reduced = businessContinuity.reducedFunctionality.gateway;
  return { site, gateway, page, databases, everyMs: every, failures, ...(reduced ? { reduced } : {}) };
}
