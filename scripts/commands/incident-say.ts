import { wordSchema } from '../../workflows/contracts/messages';
import type { z } from 'zod';
import { chooseSchema, declareSchema, reviewSchema, tellUpdateSchema } from '../../workflows/contracts/incident';
import { incidentLock, recoveryLock, serviceResource } from '../../workflows/contracts/names';
import { incident as incidentSchema } from '../../workflows/contracts/people';
import { lessonSchema, type Lesson } from '../../workflows/contracts/tasks';
import { withControlPlane } from '../lib/connect';
import type { Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { Fault, inputFault } from '../lib/fault';
import { who } from '../lib/options';
import { sendWord } from '../lib/send';

type Options = Record<string, unknown>;

/** The run of an incident, which may be given by the name of either. Pushes a sentence when it is none. */
export function runOfIncident(given: string, faults: string[]): string {
  const name = given.replace(/^incident\./, '');
  const parsed = incidentSchema.safeParse(name);
  if (!parsed.success)
    faults.push(
      `Argument <incident> is "${given}": ${parsed.error.issues[0]?.message ?? 'expected the name of an incident'}.`,
    );
  return incidentLock(name);
}

const gone = (workflowId: string): Fault =>
  new Fault('refused', `${workflowId} is not under way.`, 'List the incidents with `./dr incident list`.');

/** Sends a word whose fields were typed as options. Every wrong value is named before anything is sent. */
async function send(
  context: Context,
  command: string,
  about: { workflowId: string; word: string; schema: z.ZodType; message: object },
  faults: string[],
): Promise<number> {
  const { workflowId, word, schema, message } = about;
  const parsed = schema.safeParse(message);
  if (!parsed.success)
    for (const { path, message: why } of parsed.error.issues) {
      const field = path.join('.');
      if (field === 'by' || field === 'reason') continue; // judged by `who`
      faults.push(`${field === 'scenario' ? 'Argument <scenario>' : `--${field}`} is not right: ${why}.`);
    }
  if (faults.length > 0) throw inputFault(faults, command);
  return withControlPlane(context, async (plane) => {
    await sendWord(context, plane, workflowId, word, parsed.data, { gone: gone(workflowId) });
    return exitCodes.ok.code;
  });
}

/** Those words have no reason of their own: what they say is the reason. */
const byAlone = (options: Options, faults: string[]): string => who({ ...options, reason: 'none' }, faults).by;

/** `incident choose`. @throws Fault with the reason of the incident when it does not take it */
export async function choose(context: Context, given: string, scenario: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOfIncident(given, faults);
  const message = { scenario, ...who(options, faults) };
  return send(context, 'incident choose', { workflowId, word: 'choose', schema: chooseSchema, message }, faults);
}

/** `incident update`. */
export async function tellUpdate(context: Context, given: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOfIncident(given, faults);
  const message = { message: options['message'], by: byAlone(options, faults) };
  return send(
    context,
    'incident update',
    { workflowId, word: 'tellUpdate', schema: tellUpdateSchema, message },
    faults,
  );
}

/** `incident declare`. */
export async function declare(context: Context, given: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOfIncident(given, faults);
  const message = who(options, faults);
  return send(context, 'incident declare', { workflowId, word: 'declare', schema: declareSchema, message }, faults);
}

/** `TEXT | ROLE | DAY`, where the text may hold bars itself. Pushes a sentence for each that is not so. */
export function lessonsOf(given: string[], faults: string[]): Lesson[] {
  return given.flatMap((text) => {
    const parts = text.split('|').map((one) => one.trim());
    const [owner, due] = parts.slice(-2);
    const parsed = lessonSchema.safeParse({ lesson: parts.slice(0, -2).join(' | '), owner, due });
    if (parsed.success) return [parsed.data];
    faults.push(
      `--lesson is ${JSON.stringify(text)}: expected what will change, a role of the plan and a day, as in "alert at 80 % | DevOps Team | 2026-12-15".`,
    );
    return [];
  });
}

/** `incident review`. */
export async function review(context: Context, given: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = runOfIncident(given, faults);
  const lessons = lessonsOf((options['lesson'] ?? []) as string[], faults);
  const message = { findings: options['findings'], lessons, by: byAlone(options, faults) };
  return send(context, 'incident review', { workflowId, word: 'review', schema: reviewSchema, message }, faults);
}

/** `lift`. */
export async function lift(context: Context, service: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const workflowId = recoveryLock(serviceResource(service.replace(/^recover\.service\./, '')));
  const message = who(options, faults);
  return send(context, 'lift', { workflowId, word: 'lift', schema: wordSchema, message }, faults);
}
