/** Sending a word to a run as an update: the answer says whether it was taken, and if not, why. */
import { randomUUID } from 'node:crypto';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Accepted } from '../../workflows/contracts/messages';
import { endStates, type RunView } from '../../workflows/contracts/run-view';
import { bounded, type ControlPlane } from './connect';
import { toJson, type Context } from './context';
import { Fault } from './fault';
import { lookAt } from './look';
import { plainUpdate, sayPlain } from './plain';
import { demandWorker } from './workers';

/** What the one who answered should know besides. The message was taken: no view of the run is no reason to fail. */
async function remarksOn(plane: ControlPlane, workflowId: string, name: string, message: unknown): Promise<string[]> {
  if (name !== 'approve' && name !== 'resolve') return [];
  const look = await lookAt(plane, workflowId).catch(() => undefined);
  return look?.view ? answerRemarks(look.view, message as { card?: string; by: string }) : [];
}

/** That the one who approved is not asked for on the card, and that a pause still stands in the way. */
export function answerRemarks(view: RunView, { card, by }: { card?: string; by: string }): string[] {
  const approvers = view.gates.find((gate) => gate.card.hash === card)?.card.approvers ?? [];
  return [
    ...(approvers.length > 0 && !approvers.includes(by)
      ? [`${by} is not among the approvers on the card (${approvers.join(', ')}), and the report says so`]
      : []),
    ...(view.pausedBy !== undefined && !endStates.has(view.state)
      ? [`the run is also paused by ${view.pausedBy}: ./dr resume ${view.workflowId} --reason "WHY"`]
      : []),
  ];
}

export interface SendOptions {
  /**
   * The same key is the same word: sent again it is answered, not done again. Only for words that make sense once, such as
   * the answer to a card; a second pause is a second pause.
   */
  key?: string;
  /** What is said when the run is not under way. */
  gone?: Fault;
}

/**
 * Sends a message to a run as an update and waits until the run took it.
 * @returns when it was taken, and the state of the run then
 * @throws Fault: no worker listens, no such run, or the run's own reason why it does not take the message
 */
export async function sendWord(
  context: Context,
  plane: ControlPlane,
  workflowId: string,
  name: string,
  message: unknown,
  { key = randomUUID(), gone }: SendOptions = {},
): Promise<Accepted> {
  await demandWorker(plane);
  const handle = plane.client.workflow.getHandle(workflowId);
  try {
    const answer = await bounded(
      plane,
      () => handle.executeUpdate<Accepted, [unknown]>(name, { args: [message], updateId: `${name}.${key}` }),
      30_000,
    );
    const remarks = await remarksOn(plane, workflowId, name, message);
    // The state in the answer is the one the message found, not the one it led to.
    if (context.json)
      context.out(
        toJson({ workflowId, message: name, accepted: { at: answer.at }, ...(remarks.length > 0 ? { remarks } : {}) }),
      );
    else context.out([`${workflowId}: ${name} taken at ${answer.at}`, ...remarks].join('; '));
    context.say(`Follow it with: ./dr watch ${workflowId}`);
    sayPlain(context, plainUpdate(workflowId, name, message));
    return answer;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      const why = (error.cause as Error | undefined)?.message ?? error.message;
      throw new Fault(
        'refused',
        `${workflowId} refused ${name}: ${why.replace(/\.$/, '')}.`,
        `See how it stands with \`./dr show ${workflowId}\`.`,
      );
    }
    if (error instanceof WorkflowNotFoundError || /already completed|not found/i.test((error as Error).message)) {
      throw (
        gone ??
        new Fault(
          'refused',
          `${workflowId} is not under way, so it cannot take ${name}.`,
          `See how it ended with \`./dr show ${workflowId}\`.`,
        )
      );
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      const { fault } = await lookAt(plane, workflowId).catch(() => ({ fault: undefined }));
      throw new Fault(
        'unreachable',
        `${workflowId} did not answer ${name} within 30 s${fault ? `: ${fault}` : ''}. Whether it was taken is not known.`,
        `See how it stands with \`./dr show ${workflowId}\` before you send it again.`,
      );
    }
    throw error;
  }
}
