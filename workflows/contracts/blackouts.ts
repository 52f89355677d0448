/** When no test may begin. Pure: a moment comes in, in milliseconds since 1970, and everything is UTC. */
import type { Blackout } from '../../plan';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Windows that follow one another are looked through this far; beyond it nobody waits. */
const mostWindows = 1_000;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

export interface Closed {
  /** Name of the window. */
  name: string;
  /** UTC; end of this window, and of those that follow without a break. Absent: they never end. */
  until?: string;
}

/** The window that covers a moment, and when a test may begin again; undefined: it may begin now. */
export function closedAt(blackouts: Blackout[], at: number): Closed | undefined {
  const first = blackouts.find((one) => endOf(one, at) !== undefined);
  if (!first) return undefined;
  let open = at;
  for (let windows = 0; windows < mostWindows; windows += 1) {
    const ends = blackouts.flatMap((one) => endOf(one, open) ?? []);
    if (ends.length === 0) return { name: first.name, until: new Date(open).toISOString() };
    open = Math.max(...ends);
  }
  return { name: first.name };
}

/** End of the window that covers a moment; undefined: none does. Hours that pass midnight belong to the day they begin on. */
function endOf(one: Blackout, at: number): number | undefined {
  const today = Math.floor(at / dayMs) * dayMs;
  for (const day of [today - dayMs, today]) {
    if (!beginsOn(one, day)) continue;
    const from = day + minutes(one.hours?.from ?? '00:00') * minuteMs;
    const to = day + minutes(one.hours?.to ?? '00:00') * minuteMs;
    const end = to <= from ? to + dayMs : to;
    if (at >= from && at < end) return end;
  }
  return undefined;
}

function beginsOn({ days, dates }: Blackout, day: number): boolean {
  const date = new Date(day);
  const written = date.toISOString().slice(0, 10);
  const weekday = weekdays[date.getUTCDay()];
  if (dates && (written < dates.first || written > dates.last)) return false;
  return !days || (weekday !== undefined && days.includes(weekday));
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
