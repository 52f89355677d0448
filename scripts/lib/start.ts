/** Starting a procedure: the one way every command takes. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { isTest } from '../../workflows/contracts/kinds';
import { controlQueue, searchAttributes, type ProcedureName } from '../../workflows/contracts/names';
import { procedureTitle } from '../../workflows/contracts/words';
import { bounded, withControlPlane, type ControlPlane } from './connect';
import { toJson, type Context } from './context';
import { exitCodes } from './exit-codes';
import { Fault } from './fault';
import { follow, type FollowOptions } from './follow';
import { plainStart, sayPlain } from './plain';
import { demandWorker } from './workers';

export interface Start {
  procedure: ProcedureName;
  /** The lock. */
  workflowId: string;
  resource: string;
  /** A few words for the lists of the Web UI. */
  summary: string;
  input: { by: string; reason: string };
}

/** @returns the run id @throws Fault with exit code 9 when the lock is taken */
export async function startRun(plane: ControlPlane, start: Start): Promise<string> {
  const { procedure, workflowId, resource, summary, input } = start;
  try {
    const handle = await bounded(plane, () =>
      plane.client.workflow.start(procedure, {
        workflowId,
        taskQueue: controlQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        typedSearchAttributes: [
          { key: searchAttributes.procedure, value: procedure },
          { key: searchAttributes.resource, value: resource },
        ],
        staticSummary: summary,
        staticDetails: `${input.reason} (started by ${input.by})`,
      }),
    );
    return handle.firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw await locked(plane, workflowId);
    const text = `${(error as Error).message} ${String((error as Error).cause ?? '')}`;
    // Without them the run would stall at its first line, so it is not started at all.
    if (/search attribute/i.test(text)) {
      const names = Object.values(searchAttributes).map((key) => `--name ${key.name} --type Keyword`);
      throw new Fault(
        'unreachable',
        `The server at ${plane.address} does not know the search attributes of recovery runs. Nothing was started.`,
        `Register them: temporal operator search-attribute create ${names.join(' ')}`,
      );
    }
    throw error;
  }
}

async function locked(plane: ControlPlane, workflowId: string): Promise<Fault> {
  const about = await bounded(plane, () => plane.client.workflow.getHandle(workflowId).describe()).catch(
    () => undefined,
  );
  const what = about ? ` (a ${procedureTitle(about.type)})` : '';
  return new Fault(
    'locked',
    `DR-LOCKED: ${workflowId} is under way already${what}: two runs of one resource never work at once. Nothing was started.`,
    `Watch it with \`./dr watch ${workflowId}\`, or end it with \`./dr abort ${workflowId} --reason "WHY"\`.`,
  );
}

/** Says what was started, under which run id, and the stock command that does the same. */
export function saidStarted(context: Context, { procedure, workflowId, input }: Start, runId: string): void {
  context.say(`Started ${workflowId} (run ${runId}).`);
  sayPlain(context, plainStart(workflowId, controlQueue, procedure, input));
}

/** Starts it, and follows it unless it shall be left alone. @returns the exit code that says how it stands */
export async function startAndFollow(
  context: Context,
  start: Start,
  { detach, ...following }: FollowOptions & { detach: boolean },
): Promise<number> {
  const { workflowId, input } = start;
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const runId = await startRun(plane, start);
    saidStarted(context, start, runId);
    if (!detach) {
      const code = await follow(context, plane, workflowId, { runId, ...following });
      if (isTest(start.procedure))
        await (await import('../evidence/by-hand.js')).bundleOfTest(context, plane, { workflowId, runId });
      return code;
    }
    context.say(`Follow it with: ./dr watch ${workflowId}`);
    if (context.json) context.out(toJson({ workflowId, runId, input }));
    return exitCodes.ok.code;
  });
}
