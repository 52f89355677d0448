/** A run's history, as far as tests ask it: which activities were tried, how often, and how a try was lost. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { Client, WorkflowHandle } from '@temporalio/client';

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

/**
 * Waits until a run has so many activities behind it, without a moment's delay: the server tells of each event as it comes.
 * @returns the type of the last of them; of the run's last one when it ended sooner
 */
export async function afterActivities(client: Client, handle: WorkflowHandle, count: number): Promise<string> {
  const types = new Map<string, string>();
  let ended = 0;
  let last = 'nothing';
  let nextPageToken: Uint8Array | undefined;
  for (;;) {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: handle.workflowId },
      waitNewEvent: true,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    for (const event of page.history?.events ?? []) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
      const completed = event.activityTaskCompletedEventAttributes;
      if (!completed) continue;
      last = types.get(String(completed.scheduledEventId)) ?? '';
      if (++ended >= count) return last;
    }
    const token = page.nextPageToken;
    if (!token || token.length === 0) return last;
    nextPageToken = token;
  }
}
