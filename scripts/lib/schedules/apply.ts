/** Brings the server's schedules to what the plan asks for; the same code says what it would do. */
import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import {
  controlQueue,
  schedulePrefix,
  searchAttributes,
  starterId,
  starterType,
} from '../../../workflows/contracts/names';
import { timesOf } from './calendars';
import type { WantedSchedule } from './wanted';

export interface Change {
  name: string;
  id: string;
  /** With a dry run what it is, else what it has become. */
  state: 'equal' | 'missing' | 'created' | 'differs' | 'updated' | 'not-in-plan' | 'removed';
  /** What differs: wanted, and there. */
  differences: string[];
}

export interface ApplyOptions {
  planHash: string;
  dryRun?: boolean;
  /** Remove what the plan does not have. */
  prune?: boolean;
}

/** Server-side description of a schedule, or nothing where there is none. */
export async function describeSchedule(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Ids that the server has under our prefix. Its list follows a change by a moment. */
export async function listOurs(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(schedulePrefix)) ids.push(scheduleId);
  return ids.sort();
}

/** Creates what is missing, updates what differs, leaves what is equal, and names (or prunes) what the plan does not have. */
export async function applySchedules(
  client: Client,
  wanted: WantedSchedule[],
  options: ApplyOptions,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const one of wanted) changes.push(await applyOne(client, one, options));
  const known = new Set(wanted.map((one) => one.id));
  for (const id of await listOurs(client)) {
    if (known.has(id) || !(await describeSchedule(client, id))) continue;
    const remove = options.prune && !options.dryRun;
    if (remove) await client.schedule.getHandle(id).delete();
    const name = id.slice(schedulePrefix.length);
    changes.push({ name, id, state: remove ? 'removed' : 'not-in-plan', differences: [] });
  }
  return changes;
}

/** @returns what it found, or did */
async function applyOne(client: Client, wanted: WantedSchedule, { planHash, dryRun }: ApplyOptions): Promise<Change> {
  const { name, id } = wanted;
  const found = await describeSchedule(client, id);
  const whole = optionsOf(wanted, planHash);
  if (!found) {
    if (dryRun) return { name, id, state: 'missing', differences: [] };
    try {
      await client.schedule.create(whole);
      return { name, id, state: 'created', differences: [] };
    } catch (error) {
      // Somebody else applied the plan at the same time: what is there now is compared.
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      return applyOne(client, wanted, { planHash });
    }
  }
  const differences = differencesOf(wanted, found);
  if (differences.length === 0) return { name, id, state: 'equal', differences };
  if (dryRun) return { name, id, state: 'differs', differences };
  const { spec, action, policies, typedSearchAttributes } = whole;
  // A schedule that somebody paused stays paused.
  await client.schedule.getHandle(id).update(({ state }) => ({
    spec,
    action,
    ...(policies ? { policies } : {}),
    ...(typedSearchAttributes ? { typedSearchAttributes } : {}),
    state,
  }));
  return { name, id, state: 'updated', differences };
}

function optionsOf(
  { name, id, description, spec, overlap, catchUpMs, start }: WantedSchedule,
  planHash: string,
): ScheduleOptions {
  return {
    scheduleId: id,
    spec,
    policies: { overlap, catchupWindow: catchUpMs, pauseOnFailure: false },
    typedSearchAttributes: [{ key: searchAttributes.planHash, value: planHash }],
    memo: { description },
    action: {
      type: 'startWorkflow',
      workflowType: starterType,
      workflowId: starterId(name),
      taskQueue: controlQueue,
      args: [start],
      staticSummary: `schedule ${name}: ${description}`,
      typedSearchAttributes: [
        { key: searchAttributes.procedure, value: starterType },
        { key: searchAttributes.planHash, value: planHash },
      ],
    },
  };
}

/** A sentence for each point in which the server's schedule is not the wanted one. Pure. */
export function differencesOf(
  { name, spec, overlap, catchUpMs, start }: WantedSchedule,
  found: Pick<ScheduleDescription, 'spec' | 'action' | 'policies'>,
): string[] {
  const { action, policies } = found;
  const points: [string, unknown, unknown][] = [
    ['times', timesOf(spec), timesOf(found.spec)],
    ['overlap', overlap, policies.overlap],
    ['catch-up window, ms', catchUpMs, policies.catchupWindow],
    ['pause on failure', false, policies.pauseOnFailure],
    ['workflow type', starterType, action.workflowType],
    ['task queue', controlQueue, action.taskQueue],
    ['workflow id', starterId(name), action.workflowId],
    ['input', [start], action.args],
  ];
  return points
    .filter(([, want, there]) => !isDeepStrictEqual(want, there))
    .map(([what, want, there]) => `${what}: wanted ${shown(want)}, there is ${shown(there)}`);
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
