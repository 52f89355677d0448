import { isRecord, isSecretKey, looksSecret, type FaultReport } from '../report';
import { BY_REFERENCE } from '../schema/common';
import type { Path } from '../source';

/**
 * A plan is read by many and kept for ever; a secret in it is a secret lost. Wherever a key or a value looks like one,
 * a reference is demanded and the value is not repeated in the message.
 */
export function checkSecrets(data: unknown, faults: FaultReport): void {
  visit(data, [], faults);
}

function visit(value: unknown, path: Path, faults: FaultReport): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, [...path, index], faults));
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) visit(item, [...path, key], faults);
  } else if (typeof value === 'string' && (isSecretKey(path.at(-1)) || looksSecret(value))) {
    faults.add(path, BY_REFERENCE);
  }
}
