import { controlQueue } from '../../workflows/contracts/names';
import { bounded, type ControlPlane } from './connect';
import { Fault } from './fault';

/** A poller that was not seen for longer than this is gone; a poll lasts a minute at most. */
const stale = 70_000;

/** How many workers poll a task queue for procedures, by what the server saw lately. */
export async function pollers(plane: ControlPlane, queue = controlQueue): Promise<number> {
  const answer = await bounded(plane, () =>
    plane.client.workflowService.describeTaskQueue({
      namespace: plane.namespace,
      taskQueue: { name: queue },
      taskQueueType: 1,
    }),
  );
  return (answer.pollers ?? []).filter((one) => Date.now() - Number(one.lastAccessTime?.seconds ?? 0) * 1000 < stale)
    .length;
}

/** The sentence for a task queue on which nobody listens: what is sent would wait for ever. */
export function noWorker(plane: ControlPlane, queue = controlQueue): Fault {
  return new Fault(
    'unreachable',
    `No worker listens on task queue ${queue} of ${plane.address}, so no run can begin, answer or go on.`,
    'Start the workers: `./dr up` does for the embedded control plane.',
  );
}

/** @throws Fault with exit code 8. Said before anything is sent: a message that merely waits looks like one that was taken. */
export async function demandWorker(plane: ControlPlane): Promise<void> {
  if ((await pollers(plane)) === 0) throw noWorker(plane);
}
