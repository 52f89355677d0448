import { valueAt, type FaultReport } from '../report';
import { entries, strings, textsOf } from './raw';

/**
 * A service cannot be back before what it needs is back: a dependency of a lower tier is a warning, because the tier's
 * objectives then hold only as long as the dependency is quicker than its own tier demands.
 */
export function checkTiers(data: unknown, _faults: FaultReport, warnings: FaultReport): void {
  const order = textsOf(entries(data, 'tiers'), 'name');
  const tierOf = new Map<string, string>();
  for (const list of ['services', 'databases', 'stores']) {
    for (const { value } of entries(data, list)) {
      if (typeof value['name'] === 'string' && typeof value['tier'] === 'string')
        tierOf.set(value['name'], value['tier']);
    }
  }
  for (const { path } of entries(data, 'services')) {
    const own = valueAt(data, [...path, 'tier']);
    const rank = order.indexOf(String(own));
    for (const need of strings(data, [...path, 'dependsOn'])) {
      const other = tierOf.get(need.value);
      if (other !== undefined && rank >= 0 && order.indexOf(other) > rank) {
        warnings.add(need.path, `something of tier ${String(own)} or higher; '${need.value}' is of tier ${other}`);
      }
    }
  }
}
