import { tasksHere } from '../../activities/evidence/read-tasks';
import { taskLock } from '../../workflows/contracts/names';
import { closeTaskInputSchema, isOverdue, openTasks, type TaskFact } from '../../workflows/contracts/tasks';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';

type Options = Record<string, unknown>;

/** A task in two lines. @param now milliseconds since 1970 */
export function taskLines({ key, what, owner, due, from, openedAt, closed }: TaskFact, now: number): string[] {
  const day =
    due === undefined
      ? 'no day'
      : `due ${due}${isOverdue({ due, ...(closed ? { closed } : {}) }, now) ? ', OVERDUE' : ''}`;
  return [
    `${key}  ${owner ?? 'nobody yet'}, ${day}  (${from}, ${openedAt.slice(0, 10)})`,
    `  ${what}`,
    ...(closed ? [`  closed by ${closed.by} on ${closed.at.slice(0, 10)}: ${closed.reason}`] : []),
  ];
}

/** `tasks`. */
export async function listTasks(context: Context, options: Options): Promise<number> {
  const all = await tasksHere();
  const open = openTasks(all);
  const shown = options['all'] === true ? [...open, ...all.filter(({ closed }) => closed !== undefined)] : open;
  if (context.json) context.out(toJson(shown));
  else if (shown.length === 0) context.out('No task is open, as far as the reports on this machine tell.');
  else for (const one of shown) for (const line of taskLines(one, Date.now())) context.out(line);
  return exitCodes.ok.code;
}

/** `close-task`. @throws Fault naming every wrong value, before anything is started */
export async function closeTask(context: Context, task: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const given = { options, fields: [], rest: { task }, names: { task: 'Argument <task>' } };
  const input = inputOf(closeTaskInputSchema, given, faults);
  const following = followOptions(options, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'close-task');
  const lock = taskLock(task);
  return startAndFollow(
    context,
    { procedure: 'closeTask', workflowId: lock, resource: lock, summary: `close task ${task}`, input },
    { detach: options['detach'] === true, ...following },
  );
}
