/** How long a cron line of the plan lets pass between two starts: what is made by it is never older in peace. Pure. */
import { cronFields, numberInField, type CronField } from './schema/cron';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** A leap year and a bit: every month in both its lengths, beginning at one that the year 2000 counts from. */
const days = 4 * 366;
const from = Date.UTC(2000, 0, 1);

/**
 * Longest pause between two starts, milliseconds. A line that never starts, such as the 31st of February, has one without end.
 * @param cron five fields in UTC, judged by the schema already
 */
export function longestPauseMs(cron: string): number {
  const [minutes = [], hours = [], dates = [], months = [], weekdays = []] = cron
    .trim()
    .split(/\s+/)
    .map((text, index) => numbersOf(text, cronFields[index] as CronField));
  const [, , date = '*', , weekday = '*'] = cron.trim().split(/\s+/);
  const either = !date.startsWith('*') && !weekday.startsWith('*');
  const starts = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * minuteMs));
  const [first = 0, last = 0] = [starts[0], starts.at(-1)];
  let longest = starts.reduce((most, one, index) => Math.max(most, one - (starts[index - 1] ?? one)), 0);
  let before: number | undefined;
  for (let day = 0; day < days; day += 1) {
    const at = new Date(from + day * dayMs);
    const [onDate, onWeekday] = [
      dates.includes(at.getUTCDate()),
      weekdays.includes(at.getUTCDay()) || (at.getUTCDay() === 0 && weekdays.includes(7)),
    ];
    // cron(5): where both are restricted either is enough; where one is free both have to fit.
    if (!months.includes(at.getUTCMonth() + 1) || !(either ? onDate || onWeekday : onDate && onWeekday)) continue;
    if (before !== undefined) longest = Math.max(longest, at.getTime() + first - before);
    before = at.getTime() + last;
  }
  return before === undefined ? Infinity : longest;
}

/** Numbers that a field names, ascending. */
function numbersOf(text: string, field: CronField): number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '*', step] = part.split('/');
    const [start, end] =
      span === '*' ? [field.min, field.max] : span.split('-').map((word) => numberInField(word, field) ?? field.min);
    // `5/10` runs to the end of the range, `5` is only itself.
    const to = end ?? (step === undefined ? start : field.max);
    for (let at = start ?? field.min; at <= (to ?? field.max); at += Number(step ?? 1)) found.add(at);
  }
  return [...found].sort((a, b) => a - b);
}
