import type { z } from 'zod';

/** A value as a person recognises it, short. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here: unknown = value;
  for (const key of path)
    here = here !== null && typeof here === 'object' ? (here as Record<PropertyKey, unknown>)[key] : undefined;
  return here;
}

/**
 * Parses what came from outside; every fault at once, each with path, value and what was expected.
 * @param source where it came from, e.g. `input of pointInTimeRecovery`
 */
export function parseOutside<S extends z.ZodType>(
  schema: S,
  value: unknown,
  source: string,
): { ok: true; value: z.output<S> } | { ok: false; faults: string[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.') || '(whole value)';
    return `${path} of the ${source} is ${shown(at(value, issue.path))}: ${issue.message}`;
  });
  return { ok: false, faults };
}
