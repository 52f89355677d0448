import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, stringify } from 'yaml';

/** The directory of the checkout. */
export const ROOT = resolve(__dirname, '../../..');
/** The Shandi's plan as text. */
export const SHANDI = readFileSync(resolve(ROOT, 'plan/shandi.yaml'), 'utf8');

/** One change of a good plan: the value at a path is set, or removed when there is none. */
export type Change = [path: (string | number)[], value?: unknown];

/** The Shandi's plan with changes, as YAML. */
export function changed(...changes: Change[]): string {
  const data: unknown = parse(SHANDI);
  for (const [path, value] of changes) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], data);
    const last = path.at(-1) ?? '';
    if (value === undefined) delete (parent as Record<string | number, unknown>)[last];
    else (parent as Record<string | number, unknown>)[last] = value;
  }
  return stringify(data, { aliasDuplicateObjects: false });
}
