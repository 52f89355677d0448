import { Connection, Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { log } from '../lib/print';
import { summary, type Summary } from '../lib/statistics';

/** The step of the bench: takes and returns what a step of a recovery does, and does nothing. */
const activities = {
  nothing: (input: { step: number; payload: string }): Promise<{ step: number }> =>
    Promise.resolve({ step: input.step }),
};
export type NothingActivities = typeof activities;

export interface ActivityCost {
  /** Steps in one run. */
  steps: number;
  /** Milliseconds per step, one value per run: its duration divided by its steps. */
  perStep: Summary;
  /** Slowest single step of all runs, milliseconds. */
  slowest: number;
}

/** About the size of what a step of a recovery is given: the database and the site as the plan describes them. */
const payload = 'x'.repeat(2000);
const queue = 'dr-bench-activity-cost';

/**
 * What one activity costs on the embedded control plane: runs of activities that do nothing, one after the other, with a
 * worker and a queue of their own. The first run only warms up.
 * @param address of the Temporal server
 */
export async function measureActivityCost(
  address: string,
  { steps = 200, runs = 5 }: { steps?: number; runs?: number } = {},
): Promise<ActivityCost> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const [bundle, connection, worked] = await Promise.all([
    bundleWorkflowCode({ workflowsPath: require.resolve('./workflow'), logger }),
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection });
  const worker = await Worker.create({ connection: worked, taskQueue: queue, workflowBundle: bundle, activities });
  try {
    return await worker.runUntil(async () => {
      const perStep: number[] = [];
      let slowest = 0;
      for (let run = 0; run <= runs; run += 1) {
        const began = performance.now();
        const took = await client.workflow.execute<(input: { steps: number; payload: string }) => Promise<number[]>>(
          'manySteps',
          { taskQueue: queue, workflowId: `bench.activity-cost.${process.pid}.${run}`, args: [{ steps, payload }] },
        );
        if (run === 0) continue;
        perStep.push((performance.now() - began) / steps);
        slowest = Math.max(slowest, ...took);
      }
      const found = summary(perStep);
      log(`cost per activity: ${found.median.toFixed(1)} ms (${runs} runs of ${steps})`);
      return { steps, perStep: found, slowest };
    });
  } finally {
    await Promise.allSettled([connection.close(), worked.close()]);
  }
}
