import type { LogMetadata } from '@temporalio/common';
import { redact } from '../activities/shared/redact';
import { problemOf } from '../workflows/contracts/errors';

/**
 * What Temporal's SDK says beside a message, in our words: `workflowId`, `runId`, `procedure` and `step` are the same in a line of
 * a procedure and in one of an activity. The task token is left out: who has it can answer in the place of the worker.
 */
export function fieldsOf(meta: LogMetadata = {}): Record<string, unknown> {
  const { taskToken, workflowType, workflowRunId, activityType, runId, error, sdkComponent, ...rest } = meta;
  void taskToken;
  return {
    ...rest,
    ...(sdkComponent === undefined ? {} : { component: sdkComponent }),
    ...(workflowType === undefined ? {} : { procedure: workflowType }),
    ...((runId ?? workflowRunId) === undefined ? {} : { runId: runId ?? workflowRunId }),
    ...(activityType === undefined ? {} : { step: activityType }),
    ...(error === undefined ? {} : { err: plain(error) }),
  };
}

/** An error as a line of a log: what the report of the run would say of it, and where it was thrown when it is a fault of our own. */
function plain(error: unknown): { code: string; message: string; stack?: string } {
  const { code, message } = problemOf(error);
  const stack = code === 'DR-INTERNAL' && error instanceof Error ? error.stack : undefined;
  return { code, message: redact(message), ...(stack === undefined ? {} : { stack: redact(stack) }) };
}
