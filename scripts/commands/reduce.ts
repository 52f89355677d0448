import { readFile } from 'node:fs/promises';
import { fromRoot } from '../../activities/shared/paths';
import { wordSchema } from '../../workflows/contracts/messages';
import { reduceLock } from '../../workflows/contracts/names';
import {
  gatewayResource,
  reducedFiles,
  reducedFunctionalityInputSchema,
  reducedMarkSchema,
  reducedModes,
  whoHas,
  type ReducedNow,
} from '../../workflows/contracts/reduced';
import { readPlan } from '../lib/against-plan';
import { withControlPlane, type ControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { inputFault } from '../lib/fault';
import { statusOf } from '../lib/find-run';
import { follow } from '../lib/follow';
import { inputOf } from '../lib/input';
import { sendWord } from '../lib/send';
import { saidStarted, startRun } from '../lib/start';
import { demandWorker } from '../lib/workers';
import { reduceFields } from './reduced';

type Options = Record<string, unknown>;
const workflowId = reduceLock(gatewayResource);

/** `dr reduce MODE`, `dr reduce off`, `dr reduce`. @returns the exit code that says how it stands */
export async function reduce(context: Context, mode: string | undefined, options: Options): Promise<number> {
  if (mode === undefined) return withControlPlane(context, (plane) => show(context, plane));
  const faults: string[] = [];
  const given = { options, fields: reduceFields, rest: { mode }, names: { mode: 'Argument <mode>' } };
  const input = inputOf(reducedFunctionalityInputSchema, given, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'reduce');
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    if (mode === 'off' && (await statusOf(plane, workflowId)) === 'RUNNING') {
      const { by, reason } = input;
      await sendWord(context, plane, workflowId, 'lift', wordSchema.parse({ by, reason }));
      return follow(context, plane, workflowId, { until: 'end' });
    }
    const start = {
      procedure: 'reducedFunctionality' as const,
      workflowId,
      resource: gatewayResource,
      summary: `reduce ${mode}`,
      input,
    };
    const runId = await startRun(plane, start);
    saidStarted(context, start, runId);
    // It stays until it is lifted: what is waited for is that clients get what the mode says.
    const code = await follow(context, plane, workflowId, {
      runId,
      until: 'person',
      enough: ({ task }) => task !== undefined,
    });
    if (code !== exitCodes.running.code) return code;
    context.say('Lift it with: ./dr reduce off --reason "WHY"');
    return exitCodes.ok.code;
  });
}

/** What is on, by the files of this machine: with the plan's worker elsewhere, a run says it. */
async function show(context: Context, plane: ControlPlane): Promise<number> {
  const read = await readPlan(false);
  const files = reducedFiles(read?.plan.businessContinuity.reducedFunctionality.gateway);
  const now = (await Promise.all(files.map((file, index) => look(plane, file, reducedModes[index]!)))).flatMap(
    (one) => one ?? [],
  );
  if (context.json) context.out(toJson(now));
  else if (now.length === 0) context.out('No mode is on: the gateway serves everything.');
  for (const one of context.json ? [] : now) {
    context.out(whoHas(one));
    context.say(
      one.owner === 'runs'
        ? `Lift it with: ./dr ${one.mark?.workflowId === workflowId ? 'reduce off' : `abort ${one.mark?.workflowId ?? ''}`} --reason "WHY"`
        : 'LEFT BEHIND. Lift it with: ./dr reduce off --reason "WHY"',
    );
  }
  return exitCodes.ok.code;
}

async function look(plane: ControlPlane, file: string, mode: ReducedNow['mode']): Promise<ReducedNow | undefined> {
  const text = await readFile(fromRoot(file), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const mark = reducedMarkSchema.parse(JSON.parse(text));
    const status = await statusOf(plane, mark.workflowId, mark.runId);
    return { mode, mark, owner: status === 'RUNNING' ? 'runs' : 'ended' };
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'ZodError') return { mode, owner: 'by-hand' };
    throw error;
  }
}
