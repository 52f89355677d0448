import { moment, procedureTitle } from '../../workflows/contracts/words';
import { withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { exitOfLook, follow } from '../lib/follow';
import { lookAt } from '../lib/look';
import { followOptions } from '../lib/options';
import { paint } from '../lib/paint';
import { plainQuery, sayPlain } from '../lib/plain';
import { renderLook } from '../lib/render';
import { findRun } from '../lib/find-run';
import { listRuns } from '../lib/runs';
import { textTable } from '../lib/table';
import { pollers } from '../lib/workers';

type Options = Record<string, unknown>;
const runIdOf = (options: Options): string | undefined =>
  typeof options['runId'] === 'string' ? options['runId'] : undefined;

/** `dr runs`: the newest 20, those under way, or all; each that stands still for a fault of the program says so. */
export async function runs(context: Context, options: Options): Promise<number> {
  return withControlPlane(context, async (plane) => {
    const filter = options['running'] ? { running: true } : options['all'] ? { continued: true } : {};
    const rows = await listRuns(plane, filter, options['all'] ? 10_000 : 20);
    // The lists tell the last word of a run; one that is stuck on a fault could not say so.
    const stuck = new Map<string, string>();
    for (const one of rows.filter((row) => !row.endedAt).slice(0, 20)) {
      const { pendingWorkflowTask } = (await plane.client.workflow.getHandle(one.workflowId, one.runId).describe()).raw;
      if ((pendingWorkflowTask?.attempt ?? 0) > 1)
        stuck.set(one.runId, `fault: workflow task on try ${pendingWorkflowTask?.attempt}`);
    }
    if (context.json) {
      context.out(
        toJson(rows.map((row) => ({ ...row, ...(stuck.has(row.runId) ? { fault: stuck.get(row.runId) } : {}) }))),
      );
    } else if (rows.length === 0) {
      context.out(options['running'] ? 'No run is under way.' : 'There is no run yet.');
    } else {
      const lines = textTable(
        ['run', 'procedure', 'state', 'verdict', 'began', 'run id'],
        rows.map((row) => [
          row.workflowId,
          procedureTitle(row.procedure),
          stuck.get(row.runId) ?? row.state,
          row.verdict,
          moment(row.startedAt),
          row.runId,
        ]),
      );
      for (const line of lines) context.out(line);
    }
    if (rows.some((row) => !row.endedAt) && (await pollers(plane)) === 0) {
      context.say(
        'No worker listens on task queue dr-control: runs under way stand still. Start the workers with `./dr up`.',
      );
    }
    sayPlain(
      context,
      `temporal workflow list --query "DrProcedure IS NOT NULL${options['running'] ? " AND ExecutionStatus = 'Running'" : ''}"`,
    );
    return exitCodes.ok.code;
  });
}

/** `dr show`: one run as it is now, also when no worker can be asked. @returns the exit code of the state it is in */
export async function show(context: Context, run: string | undefined, options: Options): Promise<number> {
  return withControlPlane(context, async (plane) => {
    const id = await findRun(plane, run, { runId: runIdOf(options) });
    const look = await lookAt(plane, id, runIdOf(options), (await pollers(plane)) === 0 ? 500 : 10_000);
    if (context.json) context.out(toJson(look));
    else for (const line of renderLook(look, { paint: paint(context.colour), now: Date.now() })) context.out(line);
    if (look.blind) context.say(noView(look.blind));
    sayPlain(context, plainQuery(id));
    return exitOfLook(look);
  });
}

const noView = (why: string): string => `${why}. Start the workers with \`./dr up\`, then look again.`;

/** `dr watch`: follows a run until it ends, needs a person or the time is over. @returns the exit code that fits */
export async function watch(context: Context, run: string | undefined, options: Options): Promise<number> {
  const faults: string[] = [];
  const following = followOptions(options, faults);
  if (faults.length > 0) throw inputFault(faults, 'watch');
  return withControlPlane(context, async (plane) => {
    const id = await findRun(plane, run, { runId: runIdOf(options) });
    const runId = runIdOf(options);
    if ((await pollers(plane)) === 0) {
      context.say(
        new Fault(
          'unreachable',
          'No worker listens on task queue dr-control, so the run stands still until one does. Start the workers with `./dr up`.',
        ).message,
      );
    }
    sayPlain(context, `temporal workflow show -w ${id} --follow`);
    return follow(context, plane, id, { ...following, ...(runId ? { runId } : {}) });
  });
}
