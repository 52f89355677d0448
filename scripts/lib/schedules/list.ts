/** What the server says of the product's schedules. */
import type { Client, ScheduleDescription } from '@temporalio/client';
import { schedulePrefix, searchAttributes } from '../../../workflows/contracts/names';
import type { Scheduled } from '../../../workflows/contracts/scheduled';
import { describeSchedule, listOurs } from './apply';

export interface ScheduleRow {
  name: string;
  paused: boolean;
  /** Why it is paused, or what was last said of it. */
  note?: string;
  /** UTC. */
  next?: string;
  last?: { at: string; workflowId: string; runId: string; outcome: string; says?: string };
  started: number;
  /** Firings left out because the one before still ran. */
  skippedOverlap: number;
  /** Firings that came too late to be made good. */
  missed: number;
  /** Plan it was made, or last changed, from. */
  planHash?: string;
}

/** One row per schedule, by name. @param also ids that are there even where the server's list does not show them yet */
export async function scheduleRows(client: Client, also: string[] = []): Promise<ScheduleRow[]> {
  const ids = [...new Set([...(await listOurs(client)), ...also])].sort();
  const rows = await Promise.all(
    ids.map(async (id) => {
      const found = await describeSchedule(client, id);
      return found && rowOf(client, id, found);
    }),
  );
  return rows.filter((one) => one !== undefined);
}

async function rowOf(
  client: Client,
  id: string,
  { state, info, typedSearchAttributes }: ScheduleDescription,
): Promise<ScheduleRow> {
  const recent = info.recentActions.at(-1);
  const planHash = typedSearchAttributes.get(searchAttributes.planHash);
  const [next] = info.nextActionTimes;
  return {
    name: id.slice(schedulePrefix.length),
    paused: state.paused,
    ...(state.note ? { note: state.note } : {}),
    ...(next ? { next: next.toISOString() } : {}),
    ...(recent ? { last: await lastOf(client, recent.takenAt, recent.action.workflow) } : {}),
    started: info.numActionsTaken,
    skippedOverlap: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
    ...(planHash ? { planHash } : {}),
  };
}

/** How the last firing ended, by the word of its starter; its history may be gone by now. */
async function lastOf(
  client: Client,
  takenAt: Date,
  { workflowId, firstExecutionRunId: runId }: { workflowId: string; firstExecutionRunId: string },
): Promise<NonNullable<ScheduleRow['last']>> {
  const about = { at: takenAt.toISOString(), workflowId, runId };
  const handle = client.workflow.getHandle(workflowId, runId);
  const status = await handle.describe().then(
    (one) => one.status.name,
    () => 'gone',
  );
  if (status !== 'COMPLETED' && status !== 'FAILED') return { ...about, outcome: status.toLowerCase() };
  try {
    const { outcome, says } = (await handle.result()) as Scheduled;
    return { ...about, outcome, says };
  } catch (error) {
    return {
      ...about,
      outcome: 'failed',
      says: ((error as Error).cause as Error | undefined)?.message ?? String(error),
    };
  }
}
