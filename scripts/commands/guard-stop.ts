import { setTimeout as sleep } from 'node:timers/promises';
import { wordSchema } from '../../workflows/contracts/messages';
import { withControlPlane, type ControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { inputFault } from '../lib/fault';
import { guardOf, messageOf } from '../lib/guard';
import { statusOf } from '../lib/find-run';
import { sendWord } from '../lib/send';

/** It writes its report before it ends. */
const endsWithinMs = 15_000;

/**
 * Ends the guard by the word `abort` rather than by a cancel, because the word carries who and why. There is nothing to undo,
 * and a procedure that it has started goes on.
 */
export async function guardStop(context: Context, database: string, options: Record<string, unknown>): Promise<number> {
  if (options['planHash'] !== undefined)
    throw inputFault(['--plan-hash does not go with --stop: expected it where a guard is started.'], 'guard');
  const said = await messageOf('guard', wordSchema, database, options);
  const workflowId = guardOf(database);
  return withControlPlane(context, async (plane) => {
    if ((await statusOf(plane, workflowId)) !== 'RUNNING') {
      if (context.json) context.out(toJson({ workflowId, message: 'abort', accepted: null }));
      else context.out(`No guard of database ${database} is under way: there is nothing to stop.`);
      return exitCodes.ok.code;
    }
    await sendWord(context, plane, workflowId, 'abort', said);
    context.say(
      (await hasEnded(plane, workflowId))
        ? `Nobody watches database ${database} now. Start the guard again with: ./dr guard ${database}`
        : `It has not ended yet: ./dr show ${workflowId}`,
    );
    return exitCodes.ok.code;
  });
}

async function hasEnded(plane: ControlPlane, workflowId: string): Promise<boolean> {
  const end = Date.now() + endsWithinMs;
  while (Date.now() < end) {
    if ((await statusOf(plane, workflowId)) !== 'RUNNING') return true;
    await sleep(200);
  }
  return false;
}
