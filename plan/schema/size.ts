import { z } from 'zod';

const UNITS = {
  TiB: 1024 ** 4,
  GiB: 1024 ** 3,
  MiB: 1024 ** 2,
  KiB: 1024,
  TB: 1000 ** 4,
  GB: 1000 ** 3,
  MB: 1000 ** 2,
  kB: 1000,
  B: 1,
} as const;
type Unit = keyof typeof UNITS;

const SIZE = /^(\d+)(TiB|GiB|MiB|KiB|TB|GB|MB|kB|B)$/;
const RATE = /^(\d+)(TiB|GiB|MiB|KiB|TB|GB|MB|kB|B)\/s$/;
const EXPECTED_SIZE = "a size with its unit, such as '500MB', '5GB' (powers of 1000) or '5GiB' (powers of 1024)";
const EXPECTED_RATE = "a rate with its unit, such as '100MB/s' (powers of 1000) or '100MiB/s' (powers of 1024)";

function parse(text: string, pattern: RegExp, expected: string): number {
  const match = pattern.exec(text);
  if (!match) throw new RangeError(`'${text}' is not ${expected}`);
  return Number(match[1]) * UNITS[match[2] as Unit];
}

/**
 * Reads a size of the plan: `'5GB'` is 5 · 1000³ bytes, `'5GiB'` is 5 · 1024³ bytes.
 *
 * @returns bytes
 * @throws RangeError when the text is not a size
 */
export function parseSize(text: string): number {
  return parse(text, SIZE, EXPECTED_SIZE);
}

/** Writes bytes in the largest unit that holds them without a remainder, powers of 1000 first. */
export function formatSize(bytes: number): string {
  const order: Unit[] = ['TB', 'GB', 'MB', 'kB', 'TiB', 'GiB', 'MiB', 'KiB'];
  const unit = bytes === 0 ? 'B' : (order.find((name) => bytes % UNITS[name] === 0) ?? 'B');
  return `${bytes / UNITS[unit]}${unit}`;
}

/** A size: text with a unit in the file, bytes in the program. */
export const size = z.codec(
  z.string({ error: EXPECTED_SIZE }).regex(SIZE, { error: EXPECTED_SIZE }),
  z.number().int().nonnegative(),
  { decode: parseSize, encode: formatSize },
);

/** A rate: text such as `'100MB/s'` in the file, bytes per second in the program. */
export const rate = z.codec(
  z.string({ error: EXPECTED_RATE }).regex(RATE, { error: EXPECTED_RATE }),
  z.number().int().positive({ error: EXPECTED_RATE }),
  { decode: (text) => parse(text, RATE, EXPECTED_RATE), encode: (bytes) => `${formatSize(bytes)}/s` },
);
