/** The input of a procedure, or a message, from the command line. It is judged as a whole: every wrong value is named. */
import type { z } from 'zod';
import { isoTime } from '../../workflows/contracts/pitr';
import { duration } from '../../workflows/contracts/words';
import { flagOf, typedFor, type Field } from './fields';
import { durationOption, who } from './options';
import { firstIssues } from './target';

export interface Given {
  options: Record<string, unknown>;
  fields: readonly Field[];
  /** What the command line gives besides: the database, the target. */
  rest: Record<string, unknown>;
  /** How these are called in a sentence, by their path in the input. */
  names: Record<string, string>;
}

/** Pushes a sentence for each wrong value. @returns undefined when the schema does not take it */
export function inputOf<S extends z.ZodType>(schema: S, given: Given, faults: string[]): z.output<S> | undefined {
  const { options, fields, rest, names } = given;
  const { by, reason } = who(options, faults);
  const values = fields.flatMap((field) => {
    const value = valueOf(field, options, faults);
    return value === undefined ? [] : [[field.name, value] as const];
  });
  // What is missing has its own sentence already; the rest is still checked.
  const raw = { ...rest, ...Object.fromEntries(values), by: by || 'missing', reason: reason || 'missing' };
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of firstIssues(parsed.error.issues)) {
    const path = issue.path.map(String).join('.');
    if (path === 'by' || path === 'reason') continue; // judged above
    const field = fields.find((one) => one.name === path);
    const typed = field ? typedFor(field, options) : at(raw, issue.path);
    const name = field ? flagOf(field) : (names[path] ?? (path || 'The input'));
    faults.push(`${name} is ${JSON.stringify(typed)}: ${field ? expected(field, issue) : issue.message}.`);
  }
  return undefined;
}

function valueOf(field: Field, options: Record<string, unknown>, faults: string[]): unknown {
  const typed = typedFor(field, options);
  if (typed === undefined) return undefined;
  switch (field.kind) {
    case 'duration':
      return durationOption(flagOf(field), typed, faults);
    case 'time':
      return isoTime(String(typed));
    case 'number':
      if (/^[1-9]\d{0,8}$/.test(String(typed))) return Number(typed);
      faults.push(`${flagOf(field)} is ${JSON.stringify(typed)}: expected a whole number from 1.`);
      return undefined;
    case 'member':
    case 'switch':
    case undefined:
      return typed;
  }
}

/** Where the schema speaks of milliseconds and of ISO, a person typed `30s` and a time. */
function expected({ kind }: Field, issue: z.core.$ZodIssue): string {
  if (kind === 'time')
    return 'expected a time with an explicit numeric offset, such as 2026-11-22T17:29:24Z or "2026-11-22 17:29:24+01:00"; zone names are not accepted';
  if (kind !== 'duration') return issue.message;
  return issue.code === 'too_small'
    ? `expected at least ${duration(Number(issue.minimum))}`
    : 'expected a shorter duration';
}

const at = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((here, key) => (here as Record<PropertyKey, unknown> | undefined)?.[key], raw);
