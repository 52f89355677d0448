/** Everything that can be learned about a run from outside, even when no worker can answer for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defaultPayloadConverter,
  QueryNotRegisteredError,
  WorkflowFailedError,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { evidenceFolder } from '../../activities/shared/paths';
import type { Progress } from '../../workflows/contracts/recovery';
import { endStates, type Report, type RunView } from '../../workflows/contracts/run-view';
import { bounded, type ControlPlane } from './connect';

/** An activity under way, as the server knows it. */
export interface Pending {
  activity: string;
  attempt: number;
  progress?: Progress;
  /** Why the last try failed. */
  lastFailure?: string;
}

export interface Look {
  workflowId: string;
  runId: string;
  /** Temporal's own status: RUNNING, COMPLETED, FAILED, … */
  status: string;
  view?: RunView;
  /** Why there is no view, or why it may be old. */
  blind?: string;
  /** What Temporal keeps of the end of a run that left no view: it failed before it began, or was terminated. */
  failure?: string;
  pending: Pending[];
  /** The run is stuck on a fault of the program: its workflow task fails and is tried again. */
  fault?: string;
}

/** @param queryTimeout milliseconds to wait for the worker's answer */
export async function lookAt(
  plane: ControlPlane,
  workflowId: string,
  runId?: string,
  queryTimeout = 5_000,
): Promise<Look> {
  const handle = plane.client.workflow.getHandle(workflowId, runId);
  const about = await bounded(plane, () => handle.describe());
  const look: Look = {
    workflowId,
    runId: about.runId,
    status: about.status.name,
    pending: pendingOf(about),
  };
  const task = about.raw.pendingWorkflowTask;
  if ((task?.attempt ?? 0) > 1) {
    look.fault = `the workflow task fails and is on try ${task?.attempt}: a fault of the program. The run is kept and goes on once the fault is mended; read its history in the Web UI`;
  }
  // A run that is over says nothing new: what it wrote last is as good as an answer, and needs no worker.
  const kept = keptReport(workflowId, about.runId)?.view;
  if (kept && endStates.has(kept.state) && about.status.name !== 'RUNNING') return { ...look, view: kept };
  const exact = plane.client.workflow.getHandle(workflowId, about.runId, { followRuns: false });
  try {
    look.view = await plane.client.withDeadline(Date.now() + queryTimeout, () => exact.query<RunView>('run'));
  } catch (error) {
    if (look.status !== 'RUNNING' && look.status !== 'CONTINUED_AS_NEW') {
      const failure = await failureOf(plane, exact);
      if (failure) look.failure = failure;
      // A worker did answer: the run ended before it could say anything of itself, and starting workers changes nothing.
      if (failure && error instanceof QueryNotRegisteredError) return look;
    }
    look.blind = `no worker answered for it (${(error as Error).message.split('\n')[0]})`;
  }
  return look;
}

/** The failure in the last event of a run that is over; undefined when it did not fail. */
async function failureOf(plane: ControlPlane, handle: WorkflowHandle): Promise<string | undefined> {
  try {
    await bounded(plane, () => handle.result());
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { type, message } = (error.cause ?? error) as Error & { type?: string };
    return type ? `${type}: ${message}` : message;
  }
}

/** The report a run left on this machine, if it left one. */
export function keptReport(workflowId: string, runId: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(join(evidenceFolder(workflowId, runId), 'report.json'), 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

function pendingOf(about: WorkflowExecutionDescription): Pending[] {
  return (about.raw.pendingActivities ?? []).map((one) => {
    const payload = one.heartbeatDetails?.payloads?.[0];
    const progress = payload ? progressOf(defaultPayloadConverter.fromPayload(payload)) : undefined;
    return {
      activity: one.activityType?.name ?? 'activity',
      attempt: one.attempt ?? 1,
      ...(progress ? { progress } : {}),
      ...(one.lastFailure?.message ? { lastFailure: one.lastFailure.message } : {}),
    };
  });
}

/** Heartbeat details of other programs may be anything. */
function progressOf(value: unknown): Progress | undefined {
  const given = value as Partial<Progress> | null;
  return given !== null && typeof given === 'object' && typeof given.text === 'string'
    ? (given as Progress)
    : undefined;
}
