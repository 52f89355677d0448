import { WorkflowNotFoundError } from '@temporalio/client';
import type { z } from 'zod';
import { checklistQuery, closeSchema, tickSchema, type ChecklistView } from '../../workflows/contracts/checklist';
import { checklistLock, onCallLock } from '../../workflows/contracts/names';
import { acknowledgeSchema, incident as incidentSchema } from '../../workflows/contracts/people';
import { moment } from '../../workflows/contracts/words';
import { bounded, withControlPlane } from '../lib/connect';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { who } from '../lib/options';
import { paint, plainLine, type Paint } from '../lib/paint';
import { quoted, sayPlain } from '../lib/plain';
import { sendWord } from '../lib/send';
import { demandWorker } from '../lib/workers';

type Options = Record<string, unknown>;

/** The run of an incident, which may be given by the name of either. */
function runOf(given: string, lock: (incident: string) => string, faults: string[]): string {
  const [prefix] = lock('x').split('.');
  const incident = given.startsWith(`${prefix}.`) ? given.slice(`${prefix}.`.length) : given;
  const parsed = incidentSchema.safeParse(incident);
  if (!parsed.success)
    faults.push(
      `The incident is "${given}": ${parsed.error.issues[0]?.message ?? 'expected the name of an incident'}.`,
    );
  return lock(incident);
}

/** A message of `by` and what a person may add. Pushes a sentence per wrong value. */
function messageOf<S extends z.ZodType>(
  schema: S,
  options: Options,
  rest: object,
  faults: string[],
): z.output<S> | undefined {
  const { by } = who({ ...options, reason: options['reason'] ?? 'none' }, faults);
  const note = options['note'] === undefined ? {} : { note: options['note'] };
  const parsed = schema.safeParse({ ...rest, ...note, by: by || 'missing' });
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues)
    faults.push(`${path.join('.') === 'item' ? 'Argument <item>' : `--${path.join('.')}`} is not right: ${message}.`);
  return undefined;
}

/** `acknowledge`. @throws Fault when nobody is called, or somebody was quicker */
export async function acknowledge(context: Context, run: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOf(run, onCallLock, faults);
  const message = messageOf(acknowledgeSchema, options, {}, faults);
  if (faults.length > 0 || message === undefined) throw inputFault(faults, 'acknowledge');
  const gone = new Fault(
    'refused',
    `${workflowId} is not under way: nobody is called for it now.`,
    'List the runs with `./dr runs`.',
  );
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, workflowId, 'acknowledge', message, { gone });
    return exitCodes.ok.code;
  });
}

const noList = (workflowId: string): Fault =>
  new Fault(
    'refused',
    `${workflowId} is not under way.`,
    `Begin it with \`./dr checklist ${workflowId.replace('checklist.', '')} --start --reason "WHY"\`.`,
  );

/** `tick` and `untick`. @throws Fault with the reason of the checklist when it does not take it */
export async function tick(
  context: Context,
  name: 'tick' | 'untick',
  incident: string,
  item: string,
  options: Options,
): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOf(incident, checklistLock, faults);
  const message = messageOf(tickSchema, options, { item }, faults);
  if (faults.length > 0 || message === undefined) throw inputFault(faults, name);
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, workflowId, name, message, { gone: noList(workflowId) });
    return exitCodes.ok.code;
  });
}

/** `checklist --close`. */
export async function closeChecklist(context: Context, incident: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOf(incident, checklistLock, faults);
  const said = who(options, faults);
  if (faults.length > 0) throw inputFault(faults, 'checklist');
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, workflowId, 'close', closeSchema.parse(said), { gone: noList(workflowId) });
    return exitCodes.ok.code;
  });
}

/** `checklist`: the list as it stands, also of one that has ended. */
export async function showChecklist(context: Context, incident: string): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOf(incident, checklistLock, faults);
  if (faults.length > 0) throw inputFault(faults, 'checklist');
  return withControlPlane(context, async (plane) => {
    await demandWorker(plane);
    const ask = (): Promise<ChecklistView> => plane.client.workflow.getHandle(workflowId).query(checklistQuery);
    const view = await bounded(plane, ask, 10_000).catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? noList(workflowId) : error;
    });
    if (context.json) context.out(toJson(view));
    else for (const line of checklistLines(view, paint(context.colour))) context.out(plainLine(line, context.colour));
    sayPlain(context, `temporal workflow query -w ${quoted(workflowId)} --type checklist`);
    return exitCodes.ok.code;
  });
}

/** The list as people tick it. */
export function checklistLines({ incident, detectedAt, done, total, phases }: ChecklistView, paint: Paint): string[] {
  return [
    `${paint.bold(`Checklist of ${incident}`)}  ${done} of ${total} ticked  ${paint.soft(`detected ${moment(detectedAt)}`)}`,
    ...phases.flatMap(({ title, dueBy, overdue, items }) => [
      `${paint.bold(title)}${dueBy === undefined ? '' : paint.soft(`  due by ${moment(dueBy)}`)}${overdue ? paint.bad('  OVERDUE') : ''}`,
      ...items.map(({ number, text, state, by, at, note }) =>
        state === 'done'
          ? `  ${paint.good(`[x] ${number} ${text}`)}  ${paint.soft(`${by}, ${moment(at ?? '')}${note ? `: ${note}` : ''}`)}`
          : `  [ ] ${number} ${text}`,
      ),
    ]),
  ];
}
