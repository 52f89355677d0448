/** The recovery checklist of an incident as durable state: who ticked what when, and which phase is over its time. */
import { CancellationScope, condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../plan';
import { Checklist } from './checklist/list';
import { listenForTicks } from './checklist/messages';
import { checklistInputSchema, type ChecklistInput, type ChecklistItem } from './contracts/checklist';
import type { WordMessage } from './contracts/messages';
import { checklistLock, incidentResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { wordCommands } from './kernel/commands';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';

/** Nobody asks for an older list: it ends by itself, with what is open. */
const longest = 30 * 86_400_000;

/**
 * The procedure `recoveryChecklist`. @param input one JSON object: see `checklistInputSchema`
 * It ends when every item is ticked, when it is closed, or after 30 days. @returns the report, with the list as its result
 */
export async function recoveryChecklist(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'recoveryChecklist',
      schema: checklistInputSchema,
      describe: ({ incident, reason, by }) => ({
        resource: incidentResource(incident),
        lock: checklistLock(incident),
        mode: 'checklist',
        summary: `checklist of ${incident}: ${reason} (${by})`,
      }),
      body,
    },
    input,
  );
}

async function body(run: Run, input: ChecklistInput, plan: Plan): Promise<Finished> {
  const { startTime } = workflowInfo();
  const began = input.detectedAt === undefined ? startTime.getTime() : Date.parse(input.detectedAt);
  const phases = [...plan.checklist, ...manualPhase(input)];
  const list = new Checklist(input.incident, began, phases);
  let closed: WordMessage | undefined;
  run.phase('Tick off');
  const changed = (): void => show(run, list);
  changed();
  listenForTicks(run, list, (word) => (closed = word), changed);

  const timers = new CancellationScope();
  const watching = timers.run(() => Promise.all(phases.map((phase, index) => watch(run, list, phase, index, began))));
  watching.catch(() => undefined);
  const inTime = await condition(() => closed !== undefined || list.open.length === 0, longest);
  timers.cancel();
  await watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });

  changed();
  run.task(undefined);
  const { done, total } = list.view();
  const how = closed ? `closed by ${closed.by}: ${closed.reason}` : inTime ? 'all is ticked' : 'its 30 days are over';
  run.facts('Outcome', [{ label: 'Ended', value: `${how}; ${done} of ${total} ticked` }]);
  return { verdict: 'none', result: { checklist: list.view(), ...(closed ? { closed } : {}) } };
}

/** What is taken by hand has to come back into the systems: that is the end of a manual process, and easily forgotten. */
function manualPhase({ manual }: ChecklistInput): Plan['checklist'] {
  if (manual.length === 0) return [];
  const items = manual.flatMap(({ area, process }) => [
    `${area}: begin "${process}"`,
    `${area}: end it, and enter what was taken by hand`,
  ]);
  return [{ phase: 'manual', title: 'Business continuity', from: 0, items }];
}

/** Says once that the time of a phase is over, if something of it is open then. */
async function watch(
  run: Run,
  list: Checklist,
  { title, to }: Plan['checklist'][number],
  index: number,
  began: number,
): Promise<void> {
  if (to === undefined) return;
  await sleep(Math.max(0, began + to - Date.now()));
  const open = list.over(index);
  if (open.length === 0) return;
  show(run, list);
  run.record.note(
    'clock',
    `phase "${title}" is over its time: open are ${open.map(({ number, text }) => `${number} "${text}"`).join(', ')}`,
  );
}

/** Puts the list into the view of the run: in `dr show`, in the Web UI, and at the end in the report. */
function show(run: Run, list: Checklist): void {
  const { phases, done, total, incident } = list.view();
  const [next] = list.open;
  for (const { title, dueBy, overdue, items } of phases)
    run.facts(
      `${title}${dueBy === undefined ? '' : `, due by ${dueBy.slice(0, 16).replace('T', ' ')} UTC`}`,
      items.map((item) => ({ label: `${item.number} ${item.text}`, value: stateOf(item, overdue) })),
    );
  const item = next?.number ?? '1.1';
  run.task({
    text: `people to tick off ${total - done} of ${total} items${next ? `; next is ${next.number} "${next.text}"` : ''}`,
    commands: wordCommands(workflowInfo().workflowId, `./dr tick ${incident} ${item} --by "YOUR ROLE"`, 'tick', {
      item,
      by: 'YOUR ROLE',
    }),
  });
}

function stateOf({ state, by, at, note }: ChecklistItem, overdue: boolean): string {
  if (state === 'open') return overdue ? 'open, OVERDUE' : 'open';
  return `done by ${by} at ${at}${note ? `: ${note}` : ''}`;
}
