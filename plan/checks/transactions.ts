import { type FaultReport } from '../report';
import { entries, textsOf } from './raw';

/** The ids that a transaction speaks of are those of itself and of earlier ones: a later one is not there yet. */
export function checkTransactions(data: unknown, faults: FaultReport): void {
  const all = entries(data, 'validation', 'transactions');
  all.forEach(({ path, value }, index) => {
    const known = textsOf(all.slice(0, index + 1), 'name');
    for (const key of ['path', 'body', 'readBack'])
      for (const [, name = ''] of JSON.stringify(value[key] ?? '').matchAll(/\$id:([a-z][a-z0-9-]*)/g))
        if (!known.includes(name))
          faults.add(
            [...path, key],
            `$id: of this transaction or of an earlier one (${known.join(', ')}), not of ${name}`,
          );
  });
}
