/** A lesson was learned, a reason to look at the plan was seen to: its task is closed, with who says so and why. */
import { closeTaskInputSchema, openTasks, type CloseTaskInput, type ClosedTask } from './contracts/tasks';
import { taskLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { control } from './report/control';

/**
 * The procedure `closeTask`. @param input one JSON object: see `closeTaskInputSchema`
 * @returns the report, which is itself the record of the closing; refused (DR-INPUT) where no task of that name is open
 */
export async function closeTask(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'closeTask',
      schema: closeTaskInputSchema,
      describe: ({ task, reason, by }) => ({
        resource: taskLock(task),
        lock: taskLock(task),
        mode: 'close',
        summary: `close task ${task}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, { task, by, reason }: CloseTaskInput): Promise<Finished> {
  run.phase('Close');
  const open = await run.probe(
    'Read the open tasks',
    async () => openTasks(await control.readTasks()),
    (found) => `${found.length} open`,
  );
  const found = open.find(({ key }) => key === task);
  if (!found)
    return run.refuse([
      {
        code: 'DR-INPUT',
        message: `task of the input is ${task}; open are: ${open.map(({ key }) => key).join(', ') || 'none'}`,
        next: 'Choose one that `dr tasks` lists.',
      },
    ]);
  run.facts('Task', [
    { label: 'What', value: found.what },
    { label: 'Owner', value: found.owner ?? 'nobody had it' },
    { label: 'Due', value: found.due ?? 'no day was set' },
    { label: 'Opened', value: `${found.openedAt} by ${found.from}` },
    { label: 'Closed', value: `by ${by}: ${reason}` },
  ]);
  const closed: ClosedTask = { task, what: found.what, by, reason, closedAt: new Date().toISOString() };
  return { verdict: 'none', result: { ...closed } };
}
