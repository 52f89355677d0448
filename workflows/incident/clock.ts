/** By when the next update of an incident is due. Pure. */
import type { Plan } from '../../plan';

/**
 * The phases of the plan's communications count from the opening: in each of them people are told something. The first update
 * is due at the end of the phase the incident is in. One that is given moves it to the end of the next phase, but never further
 * than the severity allows between two updates; behind the last phase that alone counts.
 * @param now when the last update was given, or was missed; milliseconds, as everything here
 * @param given whether one was given in the phase that `now` lies in
 */
export function nextUpdateBy(
  phases: Plan['communications'],
  openedAt: number,
  now: number,
  { every, given }: { every: number; given: boolean },
): number {
  const ends = phases
    .map(({ to }) => (to === undefined ? Infinity : openedAt + to))
    .filter((end) => end > now)
    .sort((a, b) => a - b);
  const end = ends[given ? 1 : 0] ?? Infinity;
  return Math.min(end, now + every);
}

/** `10:45 UTC`, with the day where it is another one. */
export function clockTime(at: number, now: number): string {
  const [iso, today] = [new Date(at).toISOString(), new Date(now).toISOString()];
  const time = `${iso.slice(11, 16)} UTC`;
  return iso.slice(0, 10) === today.slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}
