/** What the history of a run says of it. Pure. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { PinnedPlan } from '../../activities/evidence/pin-plan';
import type { EvidenceRef, Report } from '../../workflows/contracts/run-view';

type Event = NonNullable<History['events']>[number];

const eventsOf = (history: History): Event[] => history.events ?? [];

const decoded = (payload: Payload | null | undefined): unknown => {
  if (!payload) return undefined;
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    // Of an encoding that this program does not know.
    return undefined;
  }
};

/** A run as a history names it. */
export interface RunName {
  workflowId: string;
  runId: string;
}

/** Workflow type, or an empty text where the history has no beginning. */
export const procedureOf = (history: History): string =>
  eventsOf(history)[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';

/** The input the run was started with. */
export const inputOf = (history: History): unknown =>
  decoded(eventsOf(history)[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]);

/** How the run ended; undefined: it had not when the history was fetched. */
export function endOf(history: History): string | undefined {
  const last = eventsOf(history).at(-1);
  if (!last) return undefined;
  if (last.workflowExecutionCompletedEventAttributes) return 'completed';
  if (last.workflowExecutionFailedEventAttributes) return 'failed';
  if (last.workflowExecutionCanceledEventAttributes) return 'cancelled';
  if (last.workflowExecutionTerminatedEventAttributes) return 'terminated';
  if (last.workflowExecutionTimedOutEventAttributes) return 'timed out';
  return last.workflowExecutionContinuedAsNewEventAttributes ? 'continued as new' : undefined;
}

/** Runs it has started, and the one it went on as. */
export function startedBy(history: History, workflowId: string): RunName[] {
  return eventsOf(history).flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child?.workflowId && child.runId) return [{ workflowId: child.workflowId, runId: child.runId }];
    const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    return next ? [{ workflowId, runId: next }] : [];
  });
}

/** Hashes of the workflow code that made it: the SDK writes the SHA-256 of the code a worker ran behind its own version. */
export function madeBy(history: History): string[] {
  const builds = eventsOf(history).flatMap(
    (event) => event.workflowTaskCompletedEventAttributes?.workerVersion?.buildId ?? [],
  );
  return [...new Set(builds.map((build) => build.split('+').at(1) ?? build))];
}

/** The plan that the run pinned: it is the result of a local activity, which a history keeps as a marker. */
export function pinnedPlanOf(history: History): PinnedPlan | undefined {
  for (const event of eventsOf(history)) {
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName !== 'core_local_activity') continue;
    const about = decoded(marker.details?.['data']?.payloads?.[0]) as { activity_type?: string } | undefined;
    if (about?.activity_type !== 'pinPlan') continue;
    const pinned = decoded(marker.details?.['result']?.payloads?.[0]);
    if (pinned) return pinned as PinnedPlan;
  }
  return undefined;
}

/** The report that was written last, and the checksums it was written with. `json`, `html` are absent where the history has none. */
export interface WrittenReport {
  report: Report;
  json?: EvidenceRef;
  html?: EvidenceRef;
}

/** The report of a run, also of one that failed: it was handed to the activity that wrote it. */
export function reportOf(history: History): WrittenReport | undefined {
  const given = new Map<string, Report>();
  let found: WrittenReport | undefined;
  for (const event of eventsOf(history)) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'writeReport') {
      const input = decoded(scheduled.input?.payloads?.[0]) as { report?: Report } | undefined;
      if (input?.report?.view) found = { report: input.report };
      if (input?.report?.view) given.set(String(event.eventId), input.report);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const report = given.get(String(completed?.scheduledEventId));
    if (!completed || !report) continue;
    const written = decoded(completed.result?.payloads?.[0]) as Partial<Record<'json' | 'html', EvidenceRef>>;
    const named = Object.fromEntries(
      (['json', 'html'] as const).flatMap((kind) => (written?.[kind]?.sha256 ? [[kind, written[kind]]] : [])),
    );
    found = { report, ...named };
  }
  return found;
}
