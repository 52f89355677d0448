import { calendarsOf } from '../lib/schedules/calendars';

const day = 86_400_000;
/** The 29th of February comes once in four years, but not in 2100. */
const furthest = 9 * 366;

/** The first moment after `after` (milliseconds) that a cron line names, UTC; undefined when it names none. Pure. */
export function nextTime(cron: string, after: number): Date | undefined {
  const calendars = calendarsOf(cron);
  const midnight = Math.floor(after / day) * day;
  for (let days = 0; days <= furthest; days += 1) {
    const at = new Date(midnight + days * day);
    const names = {
      month: at.toLocaleString('en', { month: 'long', timeZone: 'UTC' }).toUpperCase(),
      weekday: at.toLocaleString('en', { weekday: 'long', timeZone: 'UTC' }).toUpperCase(),
    };
    const has = (given: unknown, value: unknown): boolean =>
      given === undefined || (given as unknown[]).includes(value);
    const times = calendars
      .filter((one) => has(one.month, names.month))
      .filter((one) => has(one.dayOfMonth, at.getUTCDate()) && has(one.dayOfWeek, names.weekday))
      .flatMap(({ hour, minute }) =>
        (hour as number[]).flatMap((h) => (minute as number[]).map((m) => at.getTime() + (h * 60 + m) * 60_000)),
      )
      .filter((time) => time > after);
    if (times.length > 0) return new Date(Math.min(...times));
  }
  return undefined;
}
