import type { FaultReport } from '../report';
import type { Path } from '../source';
import { entries, strings } from './raw';

/** Services that wait for each other can never be started in order. Each cycle is reported once, in full. */
export function checkCycles(data: unknown, faults: FaultReport): void {
  const needs = new Map<string, { path: Path; names: string[] }>();
  for (const { path, value } of entries(data, 'services')) {
    if (typeof value['name'] !== 'string') continue;
    needs.set(value['name'], { path, names: strings(data, [...path, 'dependsOn']).map((item) => item.value) });
  }

  const done = new Set<string>();
  const visit = (name: string, trail: string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const cycle = [...trail.slice(start), name];
      const path = needs.get(name)?.path ?? [];
      faults.add([...path, 'dependsOn'], `dependencies that do not lead back: ${cycle.join(' → ')}`);
      return;
    }
    if (done.has(name)) return;
    for (const next of needs.get(name)?.names ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of needs.keys()) visit(name, []);
}
