/** What one version of a plan says otherwise than another, by its sections. Pure. */
import type { Plan } from '../../plan';
import { same } from '../../workflows/contracts/proof';

/** Keys by which an entry of a list is known. */
const keys = ['name', 'role', 'gate', 'phase', 'database', 'title', 'cadence'] as const;

/** A line per section that differs; empty: they say the same. */
export function changesBetween(before: Plan, now: Plan): string[] {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(now)])] as (keyof Plan)[];
  return sections
    .filter((one) => one !== 'root' && !same(before[one], now[one]))
    .map((one) => `${one}: ${differences(before[one], now[one])}`);
}

function differences(before: unknown, now: unknown): string {
  if (before === undefined) return 'new';
  if (now === undefined) return 'gone';
  const [old, young] = [entriesOf(before), entriesOf(now)];
  if (!old || !young) return typeof now === 'object' ? 'changed' : `${String(before)} → ${String(now)}`;
  const added = [...young.keys()].filter((one) => !old.has(one));
  const gone = [...old.keys()].filter((one) => !young.has(one));
  const changed = [...young.keys()].filter((one) => old.has(one) && !same(old.get(one), young.get(one)));
  const parts = [
    ...(added.length > 0 ? [`new ${added.join(', ')}`] : []),
    ...(gone.length > 0 ? [`gone ${gone.join(', ')}`] : []),
    ...(changed.length > 0 ? [`changed ${changed.join(', ')}`] : []),
  ];
  return parts.join('; ') || 'in another order';
}

/** Entries by what they are known by; undefined: they have no names. */
function entriesOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const key = keys.find((one) =>
    value.every((entry) => typeof (entry as Record<string, unknown> | null)?.[one] === 'string'),
  );
  if (key === undefined || value.length === 0) return value.length === 0 ? new Map() : undefined;
  const named = value.map((entry): [string, unknown] => [String((entry as Record<string, unknown>)[key]), entry]);
  const map = new Map<string, unknown>();
  // Several of one name (backups of one database) are told apart by their order.
  for (const [name, entry] of named) map.set(map.has(name) ? `${name} (${map.size + 1})` : name, entry);
  return map;
}
