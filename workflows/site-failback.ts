/**
 * The way home after a site failover: the former primary is made to follow the server that took its place, the primary site is made
 * ready without serving anybody, and then, while clients wait for a moment, the database is promoted there and everything comes after
 * it. Nothing is lost: what cannot be proven to be at home is undone, and clients go on where they are.
 */
import type { Plan } from '../plan';
import { recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { siteFailbackInputSchema, type SiteFailbackInput } from './contracts/site';
import { systemResource } from './contracts/system';
import { assessWay } from './failback/assess';
import { comeHome } from './failback/come-home';
import { homeGate, lookAtBoth } from './failback/decide';
import { finishHome } from './failback/finish';
import { allowPreparing, follow, holdLock, startHome } from './failback/prepare';
import { switchHome } from './failback/switch';
import { witnessed } from './failback/witnesses';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/**
 * The procedure `siteFailback`. @param input one JSON object: see `siteFailbackInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function siteFailback(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'siteFailback',
      schema: siteFailbackInputSchema,
      describe: ({ reason, by }) => ({
        resource: systemResource,
        // That of a site failover, and of a recovery of everything.
        lock: recoveryLock(systemResource),
        mode: 'site-failback',
        summary: `failback to the primary site: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: SiteFailbackInput, plan: Plan): Promise<Finished> {
  if (run.drill)
    return run.refuse([
      {
        code: 'DR-REFUSED',
        message: 'siteFailback was asked for with drill: the copy of a drill has one site, which is home',
        next: 'Nothing was touched. Start it without drill.',
      },
    ]);
  const seen = await assessWay(run, input, plan);
  const { way } = seen;
  if (seen.promoted) return finishHome(run, seen, seen.promoted);
  const budget = input.stallBudgetMs ?? way.cluster.home.database.failover.stallBudget;
  const allowed = await allowPreparing(run, way);
  await holdLock(run, way, seen);
  const followed = await follow(run, way, seen, allowed);
  const { stores, openGateway: readyGateway } = await startHome(run, way, seen, allowed);

  run.phase('Decide');
  const first = await run.probe('Look at both servers', () => lookAtBoth(way));
  if (first.against.length > 0)
    return run.refuse(
      first.against.map((message) => ({
        code: 'DR-STALL',
        message,
        next: `Site ${way.there.name} goes on serving. Mend what is named, then start again.`,
      })),
    );
  const witnesses = await witnessed(run, way);
  const gate = homeGate(way, first, followed, budget);
  const approval = await run.gate('site-failback', gate);
  return run.irreversible(`Serve from site ${way.home.name} again`, approval, async (valid) => {
    const moved = await switchHome(run, way, gate.latest(), valid, budget);
    return comeHome(
      run,
      way,
      {
        ...{ moved, toProtect: moved, archiving: moved.archiving, timeline: moved.promoted.timeline },
        ...{ followed, stores, readyGateway, witnesses },
      },
      valid,
    );
  });
}
