import { attest, type Word } from '../evidence/attest';
import { knownSecrets } from '../evidence/secrets';
import { readPlan } from '../lib/against-plan';
import { toJson, type Context } from '../lib/context';
import { exitCodes } from '../lib/exit-codes';
import { inputFault } from '../lib/fault';

type Options = Record<string, unknown>;

/** `evidence attest`. */
export async function attestBundle(context: Context, path: string, options: Options): Promise<number> {
  const faults: string[] = [];
  const word = wordOf(options, faults);
  if (!word) throw inputFault(faults, 'evidence attest');
  const read = await readPlan(true);
  const { head, file, record } = await attest(path, word, await knownSecrets(read?.plan, process.env));
  if (context.json) context.out(toJson({ head, file, record }));
  else {
    context.out(`Attested: ${word.result} by ${word.by}. ${file} was added; nothing else was changed.`);
    for (const { text, owner } of record.problems) if (owner === null) context.out(`No owner: ${text}`);
    context.out(`Next    ${record.nextDate ?? 'not planned: give --next'}`);
    context.out(`Head    ${head}`);
  }
  return exitCodes.ok.code;
}

/** What a person has to say. Pushes a sentence for each value that is missing or wrong. */
export function wordOf(options: Options, faults: string[]): Word | undefined {
  const text = (name: string, longest: number): string => {
    const value = String(options[name] ?? '').trim();
    if (value === '') faults.push(`--${name} is ${options[name] === undefined ? 'missing' : '""'}: expected a text.`);
    if (value.length > longest) faults.push(`--${name} has ${value.length} characters: expected ${longest} at most.`);
    return value;
  };
  const { result, next } = options;
  if (result !== 'pass' && result !== 'fail')
    faults.push(`--result is ${result === undefined ? 'missing' : `"${String(result)}"`}: expected pass or fail.`);
  const by = text('by', 200);
  const notes = text('notes', 10_000);
  if (next !== undefined && !isDay(String(next)))
    faults.push(`--next is "${String(next)}": expected a day, such as 2026-12-01.`);
  if (faults.length > 0) return undefined;
  const list = (name: string): string[] => (options[name] as string[] | undefined) ?? [];
  return {
    result: result === 'pass' ? 'pass' : 'fail',
    by,
    notes,
    participants: list('participant'),
    deviations: list('deviation'),
    problems: list('problem').map(problemOf),
    ...(next === undefined ? {} : { nextDate: String(next) }),
  };
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

/** `OWNER: TEXT`, or a text that nobody owns yet. */
function problemOf(given: string): { text: string; owner: string | null } {
  const [, owner, text] = /^([^:]{1,80}): (.+)$/s.exec(given) ?? [];
  return owner && text ? { text, owner } : { text: given, owner: null };
}
