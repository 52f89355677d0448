import { procedures } from '../../workflows/contracts/names';
import { exportOptions, exportedLines } from '../evidence/by-hand';
import { exportRun, type Exported } from '../evidence/export';
import { bundlesIn } from '../evidence/folder';
import type { RunName } from '../evidence/history';
import { bounded, withControlPlane, type ControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { background, findRun } from '../lib/find-run';
import { sayPlain } from '../lib/plain';

type Options = Record<string, unknown>;

/** Listing thousands of runs takes a while. Milliseconds. */
const listTimeout = 60_000;

/** `evidence export`. */
export async function exportEvidence(context: Context, run: string | undefined, options: Options): Promise<number> {
  const all = options['all'] === true;
  const runId = options['runId'] === undefined ? undefined : String(options['runId']);
  const faults = [
    ...(all && (run !== undefined || runId !== undefined)
      ? ['--all exports every run: expected no <run> and no --run-id beside it.']
      : []),
    ...(!all && run === undefined
      ? ['Argument <run> is missing: expected the name of a run that has ended, or --all.']
      : []),
  ];
  if (faults.length > 0) throw inputFault(faults, 'evidence export');
  const given = await exportOptions(options);
  if (given.secrets.tooShort.length > 0)
    context.say(`Too short to be looked for: ${given.secrets.tooShort.join(', ')}.`);
  return withControlPlane(context, async (plane) => {
    const runs = all ? await everyRun(plane, given.to) : [await theRun(plane, run ?? '', runId)];
    const made: (Exported & RunName)[] = [];
    const refused: string[] = [];
    for (const one of runs) {
      try {
        made.push({ ...one, ...(await exportRun(plane, one, given)) });
      } catch (error) {
        // One that cannot be exported must not keep the others from it.
        if (!all || !(error instanceof Fault)) throw error;
        refused.push(error.message);
      }
    }
    if (context.json) context.out(toJson(all ? { made, refused } : made[0]));
    else for (const line of made.flatMap(exportedLines)) context.out(line);
    if (all && made.length === 0 && refused.length === 0) context.say('Every run that has ended has its bundle.');
    for (const sentence of refused) context.say(sentence);
    if (!all) sayPlain(context, `temporal workflow show -w ${runs[0]?.workflowId} --output json`);
    return refused.length > 0 ? exitCodes.refused.code : exitCodes.ok.code;
  });
}

async function theRun(plane: ControlPlane, name: string, runId: string | undefined): Promise<RunName> {
  const workflowId = await findRun(plane, name, { runId });
  const about = await bounded(plane, () => plane.client.workflow.getHandle(workflowId, runId).describe());
  return { workflowId, runId: about.runId };
}

/**
 * Runs that have ended and have no bundle yet, oldest first. What another run started is in the bundle of that one, once it
 * has ended too; messages and the like are left to whoever sent them.
 */
async function everyRun(plane: ControlPlane, folder: string): Promise<RunName[]> {
  const types = procedures.filter((name) => !background.includes(name)).map((name) => `'${name}'`);
  const query = `WorkflowType IN (${types.join(', ')}) AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`;
  const there = new Set((await bundlesIn(folder)).flatMap(({ header }) => header?.runId ?? []));
  const found: (RunName & { at: number; parent?: string })[] = [];
  await bounded(
    plane,
    async () => {
      for await (const { workflowId, runId, startTime, parentExecution } of plane.client.workflow.list({ query }))
        found.push({
          workflowId,
          runId,
          at: startTime.getTime(),
          ...(parentExecution?.runId ? { parent: parentExecution.runId } : {}),
        });
    },
    listTimeout,
  );
  const ended = new Set([...there, ...found.map(({ runId }) => runId)]);
  return found
    .filter(({ runId, parent }) => !there.has(runId) && !(parent !== undefined && ended.has(parent)))
    .sort((a, b) => a.at - b.at)
    .map(({ workflowId, runId }) => ({ workflowId, runId }));
}
