/** When a database took writes, from what observers saw. Pure: spans of time are milliseconds since 1970. */
import type { Availability, KnownTime, Span } from '../../workflows/contracts/periodic';
import type { Round } from '../../workflows/contracts/guard';

/** What one observer saw from one look to another. */
export interface Seen extends Span {
  up: boolean;
}

/** A look tells of the time up to the next one, when that is no further away. What is longer is not known. */
export const reachMs = 15_000;

/**
 * What a round means for those who write. An answer to a write is proof; an observer that hears nothing at all, not even of the
 * container, tells of itself and not of the database.
 * @returns undefined: it tells nothing
 */
export function tookWrites(round: Round): boolean | undefined {
  const of = (probe: string): Round['answers'] => round.answers.filter((one) => one.probe === probe);
  if (of('direct').some((one) => one.answer === 'ok') || of('client-path').some((one) => one.answer === 'ok'))
    return true;
  const { container } = round;
  if (container && (!container.exists || !container.running || container.paused)) return false;
  const heard = round.answers.some((one) => one.answer !== 'silent' && one.answer !== 'unknown');
  const tried = of('direct').some((one) => one.answer !== 'unknown');
  return tried && (heard || container !== undefined) ? false : undefined;
}

/** What an observer saw, with the times between two looks: down, where one of the two was. */
export function filled(seen: Seen[]): Seen[] {
  const sorted = [...seen].sort((a, b) => a.from - b.from);
  return sorted.flatMap((one, index) => {
    const next = sorted[index + 1];
    if (!next || next.from <= one.to || next.from - one.to > reachMs) return [one];
    return [one, { from: one.to, to: next.from, up: one.up && next.up }];
  });
}

/** Spans without their overlaps, in order. */
export function union(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What of `spans` is in none of `others`; both without overlaps, in order. */
export function without(spans: Span[], others: Span[]): Span[] {
  return spans.flatMap((span) => {
    let rest = [span];
    for (const other of others)
      rest = rest.flatMap(({ from, to }) =>
        other.to <= from || other.from >= to
          ? [{ from, to }]
          : [
              { from, to: other.from },
              { from: other.to, to },
            ].filter((one) => one.from < one.to),
      );
    return rest;
  });
}

const within = (spans: Span[], { from, to }: Span): Span[] =>
  spans.map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) })).filter((one) => one.from < one.to);

const lengthOf = (spans: Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * Up, down and unknown time of each period. A write that any observer saw committed counts over whatever others saw; an outage
 * that a run has measured counts where nobody saw a write.
 * @param observers what each saw
 */
export function measure(
  observers: Seen[][],
  outages: Span[],
  periods: (Span & { name: string })[],
): Pick<Availability, 'known' | 'down'> {
  const all = observers.flatMap(filled);
  const up = union(all.filter((one) => one.up));
  const down = without(union([...all.filter((one) => !one.up), ...outages]), up);
  const known = periods.map((period): KnownTime => {
    const upMs = lengthOf(within(up, period));
    const downMs = lengthOf(within(down, period));
    return { period: period.name, upMs, downMs, unknownMs: period.to - period.from - upMs - downMs };
  });
  const last = periods.at(-1);
  const longest = (last ? within(down, last) : [])
    .sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)
    .slice(0, 20);
  const iso = (at: number): string => new Date(at).toISOString();
  return { known, down: longest.map(({ from, to }) => ({ from: iso(from), to: iso(to) })) };
}
