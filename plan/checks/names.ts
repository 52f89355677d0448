import { formatPath, type FaultReport } from '../report';
import type { Path } from '../source';
import { entries, type Entry } from './raw';

/** Lists whose entries are told apart by one key. */
const LISTS: [list: string, key: string][] = [
  ['tiers', 'name'],
  ['scenarios', 'name'],
  ['sites', 'name'],
  ['schedules', 'name'],
  ['approvals', 'gate'],
  ['contacts', 'role'],
  ['communications', 'phase'],
  ['checklist', 'phase'],
  ['emergencies', 'name'],
  ['tests', 'name'],
];

/** Names that must be used once. Services, databases and stores share one set: a dependency may name any of them. */
export function checkNames(data: unknown, faults: FaultReport): void {
  for (const [list, key] of LISTS) unique(entries(data, list), key, faults);
  unique([...entries(data, 'services'), ...entries(data, 'databases'), ...entries(data, 'stores')], 'name', faults);
  for (const list of ['transactions', 'commands']) unique(entries(data, 'validation', list), 'name', faults);
  unique(entries(data, 'channels', 'webhooks'), 'name', faults);
  unique(entries(data, 'resources', 'free'), 'name', faults);
  unique(entries(data, 'resources', 'memory'), 'service', faults);
  for (const { path, value } of entries(data, 'databases')) {
    unique(entries(data, ...path, 'businessQueries'), 'name', faults);
    // Whichever of them is the primary, it is known by its service: to the pooler, to the slots, to every procedure.
    unique([{ path, value }, ...entries(data, ...path, 'standbys')], 'service', faults);
  }
}

function unique(list: Entry[], key: string, faults: FaultReport): void {
  const first = new Map<string, Path>();
  for (const { path, value } of list) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    const before = first.get(name);
    if (before) faults.add([...path, key], `a ${key} that is used once; ${formatPath(before)} has it already`);
    else first.set(name, path);
  }
}
