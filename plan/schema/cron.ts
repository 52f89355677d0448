import { z } from 'zod';

/** One field of a cron line. */
export interface CronField {
  title: string;
  min: number;
  max: number;
  names?: string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The five fields of a cron line, in order. Temporal reads Sunday as 0 or 7. */
export const cronFields: CronField[] = [
  { title: 'minute', min: 0, max: 59 },
  { title: 'hour', min: 0, max: 23 },
  { title: 'day of month', min: 1, max: 31 },
  { title: 'month', min: 1, max: 12, names: MONTHS },
  { title: 'day of week', min: 0, max: 7, names: DAYS },
];

/** The number that a word of a field stands for; undefined: it is none of it. */
export function numberInField(text: string, field: CronField): number | undefined {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  // Months count from 1, days of the week from 0: the first name stands for the first number of either.
  if (named >= 0) return named + field.min;
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : undefined;
}

function faultOfPart(part: string, field: CronField): string | undefined {
  const range = `${field.title === 'hour' ? 'an' : 'a'} ${field.title} from ${field.min} to ${field.max}`;
  const [span = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step)))
    return `'${part}' has no usable step for ${range}`;
  if (span === '*') return undefined;
  const [from, to, ...more] = span.split('-').map((text) => numberInField(text, field));
  if (more.length > 0 || from === undefined || (span.includes('-') && to === undefined))
    return `'${part}' is not ${range}`;
  if (to !== undefined && to < from) return `'${part}' runs backwards`;
  return undefined;
}

/**
 * Says what is wrong with a cron line of five fields (minute, hour, day of month, month, day of week), or `undefined`
 * when it is good. Numbers, names, lists, ranges and steps are accepted.
 */
export function cronFault(text: string): string | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== cronFields.length) return `it has ${fields.length} field(s) instead of 5`;
  for (const [index, field] of cronFields.entries()) {
    for (const part of (fields[index] ?? '').split(',')) {
      const fault = faultOfPart(part, field);
      if (fault) return fault;
    }
  }
  return undefined;
}

const EXPECTED = "a cron line of five fields in UTC (minute hour day-of-month month day-of-week), such as '0 2 * * *'";

/** A cron line of five fields. All times of the plan are UTC: a recovery must not depend on a change of clocks. */
export const cron = z.string({ error: EXPECTED }).superRefine((text, context) => {
  const fault = cronFault(text);
  if (fault) context.addIssue({ code: 'custom', message: `${EXPECTED}; ${fault}` });
});
