/**
 * The gateway serves less for a while: nobody, or the essential services only. Whoever switches it on is a run that stays until
 * it is told to lift the mode, is aborted, or its time is over; what a run left behind that is gone is lifted by the next one.
 */
import { condition, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import type { WordMessage } from './contracts/messages';
import { reduceLock } from './contracts/names';
import {
  gatewayResource,
  reducedFunctionalityInputSchema,
  whoHas,
  type ReducedFunctionalityInput,
  type ReducedMode,
} from './contracts/reduced';
import type { Report } from './contracts/run-view';
import { duration } from './contracts/words';
import { wordCommands } from './kernel/commands';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { reducedOf, type Reduced } from './reduced/context';
import { listenForLift } from './reduced/messages';
import { lift, lookForModes, switchOn } from './reduced/steps';

/**
 * The procedure `reducedFunctionality`. @param input one JSON object: see `reducedFunctionalityInputSchema`
 * @returns the report, when the mode was lifted and clients were asked; fails with a code when it was refused or aborted
 */
export async function reducedFunctionality(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'reducedFunctionality',
      schema: reducedFunctionalityInputSchema,
      describe: ({ mode, reason, by }) => ({
        resource: gatewayResource,
        lock: reduceLock(gatewayResource),
        mode,
        summary: `${mode === 'off' ? 'lifting of reduced functionality' : mode}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: ReducedFunctionalityInput, plan: Plan): Promise<Finished> {
  const reduced = reducedOf(plan) ?? refuseUntold(run);
  // Heard from the first moment on: a word that comes while the mode is switched on lifts it at once.
  const told = listenForLift(run);
  run.phase('Look');
  const { longest } = reduced.at.reduced;
  const { mode, forMs } = input;
  if (mode !== 'off' && forMs > longest)
    run.refuse([
      {
        code: 'DR-REDUCED',
        message: `the mode was asked for ${duration(forMs)}; the plan allows ${duration(longest)} (businessContinuity.reducedFunctionality.gateway.longest)`,
        next: 'Ask for less, and again when it is over.',
      },
    ]);
  const now = await lookForModes(run, reduced);
  const taken = now.filter(({ owner }) => owner === 'runs' || (owner === 'by-hand' && mode !== 'off'));
  if (taken.length > 0)
    run.refuse(
      taken.map((one) => ({
        code: 'DR-REDUCED',
        message: whoHas(one),
        next: one.mark
          ? `That run lifts it. To have it lifted now: dr abort ${one.mark.workflowId}.`
          : 'Lift it first: dr reduce off.',
      })),
    );
  if (mode === 'off') {
    run.phase('Lift');
    const { lifted, says } = await lift(run, reduced, 'Lift what was left behind', ['ended', 'by-hand']);
    run.facts('Outcome', [{ label: 'Clients', value: says }]);
    return { verdict: 'none', result: { lifted, says } };
  }
  return serveLess(run, reduced, input, mode, told);
}

async function serveLess(
  run: Run,
  reduced: Reduced,
  { forMs, by, reason }: ReducedFunctionalityInput,
  mode: ReducedMode,
  told: { word?: WordMessage },
): Promise<Finished> {
  run.phase('Serve less');
  const { workflowId, startTime } = workflowInfo();
  const until = new Date(startTime.getTime() + forMs).toISOString();
  const { says } = await switchOn(run, reduced, { mode, by, reason, until });
  const since = new Date().toISOString();
  run.facts(mode, [
    { label: 'Clients', value: says },
    { label: 'Until', value: until },
  ]);
  const dr = './dr reduce off --reason "WHY"';
  run.task({
    text: `somebody to lift ${mode}; it is lifted by itself at ${until}`,
    commands: wordCommands(workflowId, dr, 'lift', { by: 'YOUR ROLE', reason: 'WHY' }),
  });
  await condition(() => told.word !== undefined, Math.max(1, Date.parse(until) - Date.now()));
  run.task(undefined);
  run.phase('Lift');
  const why = told.word ? `${told.word.by}: ${told.word.reason}` : 'its time is over';
  const lifted = await lift(run, reduced, `Lift ${mode} (${why})`);
  run.pointOfNoReturn('the mode is lifted');
  run.facts('Outcome', [
    { label: 'Lifted', value: why },
    { label: 'Clients', value: lifted.says },
  ]);
  return { verdict: 'none', result: { mode, since, until, why, says: lifted.says } };
}

/** The plan does not say how the gateway is told. */
function refuseUntold(run: Run): never {
  return run.refuse([
    {
      code: 'DR-REDUCED',
      message: 'the plan does not say how its gateway is told to serve less',
      next: 'Give it businessContinuity.reducedFunctionality.gateway; see docs/reduced-functionality.md.',
    },
  ]);
}
