import { z } from 'zod';
import { planSchema } from './schema';
import type { Path } from './source';

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

let cached: JsonSchema | undefined;

/** The keys the schema knows at a place of the plan: what a misspelt key may have been meant to be. */
export function knownKeysAt(path: Path): string[] {
  cached ??= z.toJSONSchema(planSchema, { io: 'input', reused: 'inline' }) as JsonSchema;
  const schema = path.reduce<JsonSchema | undefined>(
    (at, step) => (typeof step === 'number' ? at?.items : at?.properties?.[step]),
    cached,
  );
  return Object.keys(schema?.properties ?? {});
}
