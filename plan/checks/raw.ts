import { isRecord, valueAt } from '../report';
import type { Path } from '../source';

/** One entry of a list of the raw plan, with the path to it. */
export interface Entry {
  path: Path;
  value: Record<string, unknown>;
}

/** The entries of a list that are mappings; anything else is left to the schema. */
export function entries(data: unknown, ...path: Path): Entry[] {
  const list = valueAt(data, path);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) => (isRecord(value) ? [{ path: [...path, index], value }] : []));
}

/** The strings of a list, with the path to each. */
export function strings(data: unknown, path: Path): { path: Path; value: string }[] {
  const list = valueAt(data, path);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) =>
    typeof value === 'string' ? [{ path: [...path, index], value }] : [],
  );
}

/** The text at a key of every entry of a list. */
export function textsOf(list: Entry[], key: string): string[] {
  return list.flatMap(({ value }) => (typeof value[key] === 'string' ? [value[key]] : []));
}
