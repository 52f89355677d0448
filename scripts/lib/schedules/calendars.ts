/**
 * A cron line of the plan as calendars of a Temporal Schedule. The server hands a cron line back as calendars, so they are
 * made here: what is wanted and what is there can be compared. Pure.
 */
import type { CalendarSpec, ScheduleSpecDescription } from '@temporalio/client';

const months = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];
const days = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/** Numbers that a field of a cron line names, ascending. @param names names of the numbers from `min` on */
function numbers(text: string, min: number, max: number, names: readonly string[] = []): number[] {
  const numberOf = (word: string): number => {
    const named = names.findIndex((one) => one.slice(0, 3) === word.toUpperCase());
    return named < 0 ? Number(word) : named + min;
  };
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '*', step] = part.split('/');
    const [from, to] = span === '*' ? [min, max] : span.split('-').map(numberOf);
    // `5/10` runs to the end of the range, `5` is only itself.
    const end = to ?? (step === undefined ? from : max);
    for (let at = from ?? min; at <= (end ?? max); at += Number(step ?? 1)) found.add(at);
  }
  return [...found].sort((a, b) => a - b);
}

const all = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_one, index) => from + index);

/** @param cron five fields, judged by the plan's schema already */
export function calendarsOf(cron: string): CalendarSpec[] {
  const [minute = '*', hour = '*', dayOfMonth = '*', month = '*', dayOfWeek = '*'] = cron.trim().split(/\s+/);
  const common: CalendarSpec = {
    second: 0,
    minute: numbers(minute, 0, 59),
    hour: numbers(hour, 0, 23),
    month: numbers(month, 1, 12, months).map((one) => months[one - 1] ?? 'JANUARY'),
  };
  // Sunday is 0 or 7.
  const weekdays = [...new Set(numbers(dayOfWeek, 0, 7, days).map((one) => one % 7))].sort((a, b) => a - b);
  const byWeek: CalendarSpec = { ...common, dayOfWeek: weekdays.map((one) => days[one] ?? 'SUNDAY') };
  const byMonth: CalendarSpec = { ...common, dayOfMonth: numbers(dayOfMonth, 1, 31) };
  const free = (field: string): boolean => field.startsWith('*');
  // cron(5): where both are restricted either is enough; where one is free both have to fit. Temporal wants both.
  if (!free(dayOfMonth) && !free(dayOfWeek)) return [byMonth, byWeek];
  return [{ ...byMonth, ...byWeek }];
}

type Ranges = readonly { start: number | string; end?: number | string; step?: number }[];

/** Fields in the order of a cron line, with their whole ranges. */
const fields = [
  ['second', all(0, 59)],
  ['minute', all(0, 59)],
  ['hour', all(0, 23)],
  ['dayOfMonth', all(1, 31)],
  ['month', all(1, 12)],
  ['dayOfWeek', all(0, 6)],
] as const;

/** The same times always come to the same text, however their ranges were written. */
export function timesOf(spec: {
  calendars?: CalendarSpec[] | ScheduleSpecDescription['calendars'];
  intervals?: { every: unknown; offset?: unknown }[];
  timezone?: string;
}): string {
  const calendars = (spec.calendars ?? []).map((one) =>
    fields.map(([name, whole]) => values((one as Record<string, unknown>)[name], name, whole).join(',')).join(' '),
  );
  const intervals = (spec.intervals ?? []).map((one) => `every ${Number(one.every)} ms + ${Number(one.offset ?? 0)}`);
  const zone = spec.timezone && spec.timezone !== 'UTC' ? [`in ${spec.timezone}`] : [];
  return [...calendars.sort(), ...intervals.sort(), ...zone].join('; ');
}

function values(given: unknown, name: string, whole: readonly number[]): (number | string)[] {
  const named: readonly string[] = name === 'month' ? months : name === 'dayOfWeek' ? days : [];
  const numberOf = (one: number | string): number =>
    typeof one === 'number' ? one : named.indexOf(one) + (name === 'month' ? 1 : 0);
  if (given === undefined || given === '*') return ['second', 'minute', 'hour'].includes(name) && !given ? [0] : ['*'];
  const found = new Set<number>();
  for (const one of Array.isArray(given) ? (given as unknown[]) : [given]) {
    const { start, end, step } = (typeof one === 'object' ? one : { start: one }) as Ranges[number];
    const from = numberOf(start);
    const to = Math.max(from, end === undefined ? from : numberOf(end));
    for (let at = from; at <= to; at += Math.max(1, step ?? 1)) found.add(at);
  }
  return found.size === whole.length ? ['*'] : [...found].sort((a, b) => a - b);
}
