import { posix } from 'node:path';
import { isRecord, valueAt, type FaultReport } from '../report';
import { strings } from './raw';

/**
 * An identity that lies in what is backed up is lost with it, and is in the bundle that only it can open. It is not kept
 * beside the bundles either: who has taken those would have both.
 */
export function checkIdentity(data: unknown, faults: FaultReport): void {
  const identity = valueAt(data, ['backups', 'identity']);
  if (!isRecord(identity)) return;
  const key = typeof identity['file'] === 'string' ? 'file' : 'envFile';
  const file = identity[key];
  if (typeof file !== 'string') return;
  const places = [
    ...['configuration', 'certificates'].flatMap((kind) => strings(data, ['backups', kind, 'files'])),
    ...strings({ list: [valueAt(data, ['backups', 'directory'])] }, ['list']),
  ];
  const inside = places.find(({ value }) => isInside(file, value));
  if (inside)
    faults.add(
      ['backups', 'identity', key],
      `a file outside of ${inside.value}, which is backed up or holds the backups`,
    );
}

/** Whether a path is a directory or lies in it; both as the plan writes them. */
function isInside(path: string, directory: string): boolean {
  const way = posix.relative(posix.normalize(directory), posix.normalize(path));
  return way === '' || (!way.startsWith('..') && !posix.isAbsolute(way));
}
