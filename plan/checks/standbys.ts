import { valueAt, type FaultReport } from '../report';
import { entries } from './raw';

/** Commits that wait for more standbys than there are would wait for ever. */
export function checkStandbys(data: unknown, faults: FaultReport): void {
  for (const { path } of entries(data, 'databases')) {
    const asked = [...path, 'replication', 'synchronous', 'standbys'];
    const there = entries(data, ...path, 'standbys').length;
    const count = valueAt(data, asked);
    if (typeof count === 'number' && count > there)
      faults.add(asked, `not more standbys than the database has, which is ${there}`);
  }
}
