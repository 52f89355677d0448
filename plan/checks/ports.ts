import { formatPath, valueAt, type FaultReport } from '../report';
import type { Path } from '../source';
import { entries } from './raw';

/** Two things on one machine cannot be published on one port. */
export function checkPorts(data: unknown, faults: FaultReport): void {
  const primary = entries(data, 'sites').find(({ value }) => value['role'] === 'primary')?.value['name'];
  const places: { site: unknown; path: Path }[] = [];
  for (const list of ['services', 'databases', 'stores']) {
    for (const { path, value } of entries(data, list)) {
      const site = value['site'] ?? primary;
      places.push({ site, path: [...path, 'port'] });
      if (list !== 'databases') continue;
      places.push({ site, path: [...path, 'pooler', 'port'] });
      for (const standby of entries(data, ...path, 'standbys')) {
        places.push({ site: standby.value['site'], path: [...standby.path, 'port'] });
      }
    }
  }
  const site = valueAt(data, ['gateway', 'site']);
  for (const kind of ['http', 'https']) places.push({ site, path: ['gateway', 'ports', kind] });

  const first = new Map<string, Path>();
  for (const place of places) {
    const port = valueAt(data, place.path);
    if (typeof port !== 'number') continue;
    const key = `${String(place.site)}:${port}`;
    const before = first.get(key);
    if (before)
      faults.add(place.path, `a port that nothing else on the site uses; ${formatPath(before)} has it already`);
    else first.set(key, place.path);
  }
}
