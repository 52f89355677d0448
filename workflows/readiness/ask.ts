import { isCancellation } from '@temporalio/workflow';
import { problemOf } from '../contracts/errors';
import type { Asked } from '../contracts/readiness';

/** What an activity answers, or why it did not. */
export async function ask<T>(act: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: problemOf(error).message };
  }
}
