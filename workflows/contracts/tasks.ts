/**
 * What is to be done after a recovery: lessons that a review gave, and reasons to look at the plan that reports found. No run
 * waits for them: they are derived from the reports that finished runs have left, and a run that closes one leaves a report, too.
 */
import { z } from 'zod';
import { startedBy } from './input';
import type { PeriodicReport, Trigger } from './periodic';
import type { Report } from './run-view';

/** What will change after an incident. */
export const lessonSchema = z.strictObject({
  lesson: z.string().trim().min(1).max(500).describe('what will change, in a sentence'),
  owner: z.string().trim().min(1).max(100).describe('role of the plan that sees to it'),
  due: z.iso.date('expected a day, e.g. 2026-12-15').describe('day by which it is done, UTC'),
});
export type Lesson = z.infer<typeof lessonSchema>;

const { reason, by, planHash } = startedBy;

export const closeTaskInputSchema = z.strictObject({
  task: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,89}$/, 'expected the name of a task as `dr tasks` lists it, e.g. 2026-11-22-orders-1')
    .describe('name of the task, as `dr tasks` lists it'),
  reason: reason.describe('what was done about it, or why nothing has to be; it goes into the report'),
  by,
  planHash,
});
export type CloseTaskInput = z.infer<typeof closeTaskInputSchema>;

/** One thing to be done. */
export interface TaskFact {
  /** Its name: of characters that a workflow id may have. */
  key: string;
  kind: 'lesson' | Trigger['kind'];
  what: string;
  /** Role; absent: nobody has it yet. */
  owner?: string;
  /** Day, UTC. */
  due?: string;
  /** Run that opened it, and when, UTC. */
  from: string;
  openedAt: string;
  closed?: { by: string; reason: string; at: string };
}

/** What a run that closed a task returns. */
export interface ClosedTask {
  task: string;
  what: string;
  by: string;
  reason: string;
  closedAt: string;
}

/** Whether a task is still to be done after its day. @param now milliseconds since 1970 */
export const isOverdue = ({ due, closed }: Pick<TaskFact, 'due' | 'closed'>, now: number): boolean =>
  due !== undefined && closed === undefined && now >= Date.parse(`${due}T00:00:00Z`) + 86_400_000;

/** Those to be done, the earliest day first; those without one last, in the order they were opened. */
export const openTasks = (tasks: TaskFact[]): TaskFact[] =>
  tasks
    .filter(({ closed }) => closed === undefined)
    .sort(
      (a, b) =>
        (a.due ?? '9999').localeCompare(b.due ?? '9999') ||
        a.openedAt.localeCompare(b.openedAt) ||
        a.key.localeCompare(b.key),
    );

const taskOf = ({ key, kind, because }: Trigger, from: string, openedAt: string): TaskFact => ({
  key,
  kind,
  what: `the plan must be looked at because ${because}`,
  from,
  openedAt,
});

/**
 * A difference from the Compose file is there, or it is not: one that was closed and is found again is open again. What happened
 * once is not opened again by the report of a longer period that tells of it, too.
 */
const comesBack = ({ kind }: Pick<TaskFact, 'kind'>): boolean => kind === 'compose';

/** Adds what a report has found. */
export function withTriggers(tasks: TaskFact[], triggers: Trigger[], from: string, madeAt: string): TaskFact[] {
  const all = new Map(tasks.map((one) => [one.key, one]));
  for (const trigger of triggers) {
    const known = all.get(trigger.key);
    const again = known?.closed !== undefined && comesBack(trigger) && known.closed.at < madeAt;
    if (!known || again) all.set(trigger.key, taskOf(trigger, from, madeAt));
  }
  return [...all.values()];
}

/** Every task that the reports of finished runs know, closed ones, too. @param reports in any order */
export function tasksOf(reports: Report[]): TaskFact[] {
  const sorted = [...reports].sort((a, b) => endOf(a).localeCompare(endOf(b)));
  let tasks: TaskFact[] = [];
  for (const report of sorted) {
    const { view, result } = report;
    if (view.procedure === 'incidentResponse') tasks = [...tasks, ...lessonsOf(report, tasks)];
    else if (view.procedure === 'periodicReport') tasks = fromReport(tasks, view.workflowId, result as never);
    else if (view.procedure === 'closeTask') tasks = closed(tasks, result as never);
  }
  return tasks;
}

const endOf = ({ view }: Report): string => view.endedAt ?? view.startedAt;

function lessonsOf({ view, result }: Report, tasks: TaskFact[]): TaskFact[] {
  const { incident, review } = result as { incident?: string; review?: { lessons?: Lesson[]; at: string } };
  return (review?.lessons ?? []).map(({ lesson, owner, due }, index) => {
    const name = `${incident ?? view.workflowId.replace(/^incident\./, '')}-${index + 1}`;
    // Another incident may have had the same name.
    const key = tasks.some((one) => one.key === name) ? `${name}-${view.runId.slice(-4)}` : name;
    return {
      key,
      kind: 'lesson',
      what: lesson,
      owner,
      due,
      from: view.workflowId,
      openedAt: review?.at ?? endOf({ view, result }),
    };
  });
}

function fromReport(tasks: TaskFact[], from: string, report: Partial<PeriodicReport>): TaskFact[] {
  const { triggers, madeAt, facts } = report;
  if (!triggers || madeAt === undefined) return tasks;
  const found = new Set(triggers.map(({ key }) => key));
  // What was compared and is not found any more has been seen to.
  const gone = (one: TaskFact): boolean =>
    comesBack(one) && facts?.compose !== undefined && one.closed === undefined && !found.has(one.key);
  const rest = tasks.map((one) =>
    gone(one) ? { ...one, closed: { by: from, reason: 'it is no longer found', at: madeAt } } : one,
  );
  return withTriggers(rest, triggers, from, madeAt);
}

const closed = (tasks: TaskFact[], { task, by, reason, closedAt }: Partial<ClosedTask>): TaskFact[] =>
  tasks.map((one) =>
    one.key === task && one.closed === undefined && closedAt !== undefined
      ? { ...one, closed: { by: by ?? '', reason: reason ?? '', at: closedAt } }
      : one,
  );
