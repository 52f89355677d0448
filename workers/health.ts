import { writeFileSync } from 'node:fs';
import type { NativeConnection, Worker } from '@temporalio/worker';

/** How often is looked, milliseconds; the health check of the container allows for three looks. */
const every = 5_000;

/** Kinds of task queues, as the server numbers them. */
const kinds = { workflow: 1, activity: 2 } as const;

/**
 * Writes the file of `DR_HEALTH_FILE` again and again, for as long as the server says that this very worker polls its queue.
 * A worker that runs and gets no work is not healthy. Without the variable nothing is done.
 */
export function reportHealth(
  worker: Worker,
  at: { connection: NativeConnection; namespace: string; kind: keyof typeof kinds },
): void {
  const file = process.env['DR_HEALTH_FILE'];
  if (!file) return;
  const { taskQueue, identity } = worker.options;
  const look = async (): Promise<void> => {
    if (worker.getState() !== 'RUNNING') return;
    const queue = { namespace: at.namespace, taskQueue: { name: taskQueue }, taskQueueType: kinds[at.kind] };
    const { pollers } = await at.connection.withDeadline(Date.now() + every, () =>
      at.connection.workflowService.describeTaskQueue(queue),
    );
    if (pollers.some((one) => one.identity === identity)) writeFileSync(file, new Date().toISOString());
  };
  const again = (): void => {
    // A server that is away is the server's bad health, and shows here as a file that grows old.
    void look()
      .catch(() => undefined)
      .finally(() => setTimeout(again, every).unref());
  };
  // The first poll is under way when the worker has begun.
  setTimeout(again, 1_000).unref();
}
