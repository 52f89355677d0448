import { InvalidArgumentError } from 'commander';

const units = { kB: 1000, MB: 1000 ** 2, GB: 1000 ** 3, TB: 1000 ** 4 } as const;

/** Reads a size on the command line, powers of 1000: `1.5GB`, `100MB`. @returns bytes */
export function size(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(kB|MB|GB|TB)$/.exec(text);
  const bytes = match ? Math.round(Number(match[1]) * units[match[2] as keyof typeof units]) : 0;
  if (bytes < 20 * units.MB)
    throw new InvalidArgumentError(`expected a size of at least 20MB with its unit (MB, GB, TB), such as 1.5GB.`);
  return bytes;
}

/** Reads a count on the command line. @param most the largest that makes sense */
export const count =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(`expected a whole number from 1 to ${most}.`);
    return value;
  };
