/** A run that does nothing, step by step, so that what remains is the price of the steps. */
import { proxyActivities } from '@temporalio/workflow';
import type { NothingActivities } from './measure';

const { nothing } = proxyActivities<NothingActivities>({
  startToCloseTimeout: '10 seconds',
  scheduleToStartTimeout: '30 seconds',
  heartbeatTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
});

/** @returns milliseconds of each step by the clock of the history */
export async function manySteps(input: { steps: number; payload: string }): Promise<number[]> {
  const took: number[] = [];
  for (let step = 0; step < input.steps; step += 1) {
    const began = Date.now();
    await nothing({ step, payload: input.payload });
    took.push(Date.now() - began);
  }
  return took;
}
