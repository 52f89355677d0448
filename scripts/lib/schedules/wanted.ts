/** The Temporal Schedules that a plan asks for. Pure. */
import type { ScheduleOverlapPolicy, ScheduleSpec } from '@temporalio/client';
import type { Plan, Schedule } from '../../../plan';
import { scheduleId } from '../../../workflows/contracts/names';
import { isClockProcedure, lockFor, type StartScheduledInput } from '../../../workflows/contracts/scheduled';
import { calendarsOf } from './calendars';

export interface WantedSchedule {
  name: string;
  /** Id on the server. */
  id: string;
  description: string;
  /** As the plan writes it. */
  cron: string;
  spec: Pick<ScheduleSpec, 'calendars' | 'intervals'>;
  overlap: ScheduleOverlapPolicy;
  /** How late a start may be made good, milliseconds. */
  catchUpMs: number;
  /** What its starter is given. */
  start: StartScheduledInput;
}

/** Something of the plan that is not made a schedule, and why. */
export interface LeftOut {
  name: string;
  why: string;
}

const overlaps: Record<Schedule['overlap'], ScheduleOverlapPolicy> = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  allow: 'ALLOW_ALL',
};

type Entry = Pick<Schedule, 'name' | 'description' | 'procedure' | 'cron'> & {
  input: Record<string, unknown>;
  options?: Pick<Schedule, 'overlap' | 'catchUp' | 'window'>;
};

/** A backup that was missed is made good within this time; the next one makes up for it after that. Milliseconds. */
const catchUpMs = 600_000;

/** @returns what shall be on the server, and what of the plan shall not be */
export function wantedSchedules(plan: Plan): { wanted: WantedSchedule[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const entries: Entry[] = [];
  const named = (name: string): string => {
    const used = new Set([...entries, ...leftOut, ...plan.schedules].map((one) => one.name));
    let [free, count] = [name, 1];
    while (used.has(free)) free = `${name}-${(count += 1)}`;
    return free;
  };
  for (const { database, kind, cron } of plan.backups.database) {
    const name = named(`backup-database-${database}-${kind}`);
    if (kind === 'logical') leftOut.push({ name, why: 'there is no procedure for logical backups yet' });
    else {
      // What has outlived its retention goes with the full backups: nothing else makes older ones dispensable.
      const input = { database, kind, ...(kind === 'full' ? { expire: true } : {}) };
      const description = `${kind} backup of database ${database}`;
      entries.push({ name, description, procedure: 'backupDatabase', cron, input });
    }
  }
  for (const { store, cron } of plan.backups.redis) {
    const name = named(`backup-store-${store}`);
    entries.push({ name, description: `backup of store ${store}`, procedure: 'backupRedis', cron, input: { store } });
  }
  for (const [kind, procedure] of [
    ['configuration', 'backupConfiguration'],
    ['certificates', 'backupCertificates'],
  ] as const) {
    const { cron } = plan.backups[kind];
    entries.push({ name: named(`backup-${kind}`), description: `backup of the ${kind}`, procedure, cron, input: {} });
  }
  for (const { name, description, procedure, cron, input, enabled, ...options } of plan.schedules) {
    if (enabled) entries.push({ name, description, procedure, cron, input, options });
    else leftOut.push({ name, why: 'it is on paper only: `enabled: false`' });
  }

  const wanted: WantedSchedule[] = [];
  for (const { name, description, procedure, cron, input: given, options } of entries) {
    const input = { reason: description, by: `schedule ${name}`, ...given } as StartScheduledInput['input'];
    const found = isClockProcedure(procedure)
      ? lockFor(procedure, input)
      : { faults: [`procedure ${procedure} cannot be started by the clock`] };
    if (!isClockProcedure(procedure) || 'faults' in found) {
      leftOut.push({ name, why: 'faults' in found ? found.faults.join('; ') : '' });
      continue;
    }
    const window = options?.window === undefined ? {} : { windowMs: options.window };
    wanted.push({
      name,
      id: scheduleId(name),
      description,
      cron,
      spec: { calendars: calendarsOf(cron) },
      overlap: overlaps[options?.overlap ?? 'skip'],
      catchUpMs: options?.catchUp ?? catchUpMs,
      start: { schedule: name, procedure, workflowId: found.lock, input, ...window },
    });
  }
  return { wanted, leftOut };
}
