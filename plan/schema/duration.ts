import { z } from 'zod';

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof UNITS;

const PATTERN = /^(?:\d+(?:ms|s|m|h|d))+$/;
const EXPECTED = "a duration with its unit, such as '30s', '15m', '4h' or '7d'";

/**
 * Reads a duration of the plan: one or more whole numbers, each with a unit (`ms`, `s`, `m`, `h`, `d`), added up: `'1h30m'`.
 *
 * @returns milliseconds
 * @throws RangeError when the text is not a duration
 */
export function parseDuration(text: string): number {
  if (!PATTERN.test(text)) throw new RangeError(`'${text}' is not ${EXPECTED}`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(amount) * UNITS[unit as Unit];
  return total;
}

/** Writes milliseconds as the plan does: in the largest unit that holds them without a remainder (`5_400_000` → `'90m'`). */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const unit = (Object.keys(UNITS) as Unit[]).find((name) => milliseconds % UNITS[name] === 0) ?? 'ms';
  return `${milliseconds / UNITS[unit]}${unit}`;
}

/**
 * A duration: text with a unit in the file, milliseconds in the program. A bare number is refused: nobody can tell at
 * 3 a.m. whether 15 means seconds or minutes.
 */
export const duration = z.codec(
  z.string({ error: EXPECTED }).regex(PATTERN, { error: EXPECTED }),
  z.number().int().nonnegative(),
  { decode: parseDuration, encode: formatDuration },
);

const NOT_ZERO = /^(?=.*[1-9])(?:\d+(?:ms|s|m|h|d))+$/;
const EXPECTED_POSITIVE = `${EXPECTED}, longer than nothing`;

/** A duration that cannot be zero: time-outs, intervals, windows. */
export const positiveDuration = z.codec(
  z.string({ error: EXPECTED_POSITIVE }).regex(NOT_ZERO, { error: EXPECTED_POSITIVE }),
  z.number().int().positive(),
  { decode: parseDuration, encode: formatDuration },
);
