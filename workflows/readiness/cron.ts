/** How long a cron line of the plan pauses at most, so that a backup that was left out can be told from one that is not due. Pure. */

const dayMs = 86_400_000;
/** Longest stretch that is looked at: a line that fires less than once a year has no age to be judged by. */
const stretchDays = 800;
// Any Monday, the first day of a year: the calendar is walked from here, so that the same line always has the same answer.
const start = Date.UTC(2024, 0, 1);

const names = [
  [],
  [],
  [],
  ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
];
const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Numbers that a field names. */
function numbers(text: string, index: number): Set<number> {
  const [min, max] = ranges[index] ?? [0, 0];
  const numberOf = (word: string): number => {
    const at = (names[index] ?? []).indexOf(word.toUpperCase());
    return at < 0 ? Number(word) : at + min;
  };
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '*', step] = part.split('/');
    const [from = min, to] = span === '*' ? [min, max] : span.split('-').map(numberOf);
    const end = to ?? (step === undefined ? from : max);
    for (let at = from; at <= end; at += Number(step ?? 1)) found.add(index === 4 ? at % 7 : at);
  }
  return found;
}

/**
 * The longest time between two firings, milliseconds; undefined: it fires less than twice in two years.
 * @param cron five fields in UTC, judged by the plan's schema already
 */
export function longestPause(cron: string): number | undefined {
  const fields = cron.trim().split(/\s+/);
  const [minutes, hours, days, months, weekdays] = fields.map(numbers);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const free = (index: number): boolean => (fields[index] ?? '*').startsWith('*');
  const ofDay = [...hours]
    .flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * 60_000))
    .sort((a, b) => a - b);
  let longest: number | undefined;
  let last: number | undefined;
  for (let day = 0; day < stretchDays; day += 1) {
    const at = new Date(start + day * dayMs);
    const byMonth = days.has(at.getUTCDate());
    const byWeek = weekdays.has(at.getUTCDay());
    // cron(5): where both are restricted either is enough; where one is free both have to fit.
    const fits = !free(2) && !free(4) ? byMonth || byWeek : byMonth && byWeek;
    if (!fits || !months.has(at.getUTCMonth() + 1)) continue;
    for (const time of ofDay) {
      const now = at.getTime() + time;
      if (last !== undefined) longest = Math.max(longest ?? 0, now - last);
      last = now;
    }
  }
  return longest;
}
