/** A run's history, as far as tests ask it: which activities were tried, how often, and how a try was lost. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';

export interface Tried {
  type: string;
  /** Of the try that ended the activity. */
  attempt: number;
  /** How the try before it failed; `heartbeat` and the like for a time-out, else the message. */
  lastFailure: string | undefined;
  result: unknown;
}

const timeouts: Record<number, string> = {
  1: 'start-to-close',
  2: 'schedule-to-start',
  3: 'schedule-to-close',
  4: 'heartbeat',
};

/** Activities of a run in the order of their starts. */
export async function triedActivities(handle: WorkflowHandle): Promise<Tried[]> {
  const { events } = await handle.fetchHistory();
  const types = new Map<string, string>();
  const tried = new Map<string, Tried>();
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const started = event.activityTaskStartedEventAttributes;
    if (started) {
      const key = String(started.scheduledEventId);
      const failure = started.lastFailure;
      const timeout = failure?.timeoutFailureInfo?.timeoutType;
      tried.set(key, {
        type: types.get(key) ?? '',
        attempt: started.attempt ?? 1,
        lastFailure: timeout ? timeouts[timeout] : (failure?.message ?? undefined),
        result: undefined,
      });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const payload = completed?.result?.payloads?.[0];
    const one = tried.get(String(completed?.scheduledEventId));
    if (one && payload) one.result = defaultPayloadConverter.fromPayload(payload);
  }
  return [...tried.values()];
}

/** The only activity of a type; a test that expects one fails when there are more. */
export async function triedOnce(handle: WorkflowHandle, type: string): Promise<Tried> {
  const found = (await triedActivities(handle)).filter((one) => one.type === type);
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} activities of type ${type}, expected one`);
  return first;
}
