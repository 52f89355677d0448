import { createHash } from 'node:crypto';
import type { Plan } from './schema';

/** JSON with sorted keys and without absent values, so that equal data has equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/**
 * The hash that a run pins: SHA-256, hexadecimal, over what the plan says. Comments, the order of keys, the spelling of
 * durations and `root` (where the file lies) do not change it.
 */
export function hashPlan(plan: Plan): string {
  return createHash('sha256')
    .update(canonicalJson({ ...plan, root: undefined }))
    .digest('hex');
}
