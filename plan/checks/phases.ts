import { valueAt, type FaultReport } from '../report';
import { parseDuration } from '../schema/duration';
import { entries } from './raw';

/** A phase ends after it begins, and a health check answers before the next one starts. */
export function checkPhases(data: unknown, faults: FaultReport): void {
  for (const list of ['communications', 'checklist']) {
    for (const { path, value } of entries(data, list)) {
      const from = milliseconds(value['from']);
      const to = milliseconds(value['to']);
      if (from !== undefined && to !== undefined && to <= from) {
        faults.add([...path, 'to'], `a time later than 'from', which is ${String(value['from'])}`);
      }
    }
  }
  for (const { path } of entries(data, 'services')) {
    const interval = valueAt(data, [...path, 'health', 'interval']);
    const timeout = valueAt(data, [...path, 'health', 'timeout']);
    const [every, limit] = [milliseconds(interval), milliseconds(timeout)];
    if (every !== undefined && limit !== undefined && limit > every) {
      faults.add([...path, 'health', 'timeout'], `a time not longer than 'interval', which is ${String(interval)}`);
    }
  }
}

function milliseconds(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return parseDuration(value);
  } catch {
    return undefined;
  }
}
