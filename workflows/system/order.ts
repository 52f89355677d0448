/** In which order services are brought back: the tier says how urgent, the dependencies say what has to be there before. Pure. */
import type { Plan, Service } from '../../plan';

/** Services that are brought back together, in waves: each wave depends on services of earlier ones only. */
export type Waves = Service[][];

export interface Order {
  /** The first tier, and whatever it cannot work without, whichever tier that is of. */
  critical: Waves;
  /** Everything else; within a wave the more urgent first. */
  rest: Waves;
}

type Ordered = Pick<Plan, 'services' | 'tiers'>;

/** @param plan without cycles: its check has made sure of that */
export function orderOf({ services, tiers }: Ordered): Order {
  const byName = new Map(services.map((one) => [one.name, one]));
  const rankOf = (service: Service): number => tiers.findIndex((one) => one.name === service.tier);
  const critical = new Set<Service>();
  const needed = (service: Service): void => {
    if (critical.has(service)) return;
    critical.add(service);
    for (const name of service.dependsOn) {
      const other = byName.get(name);
      if (other) needed(other);
    }
  };
  for (const service of services) if (rankOf(service) === 0) needed(service);
  const waves = (of: Service[]): Waves => {
    const depths = depthsOf(of);
    const deepest = Math.max(-1, ...depths.values());
    return Array.from({ length: deepest + 1 }, (_, depth) =>
      of.filter((one) => depths.get(one.name) === depth).sort((a, b) => rankOf(a) - rankOf(b)),
    );
  };
  return {
    critical: waves(services.filter((one) => critical.has(one))),
    rest: waves(services.filter((one) => !critical.has(one))),
  };
}

/** Length of the longest chain of services below each, counting those of the list only. */
function depthsOf(services: Service[]): Map<string, number> {
  const byName = new Map(services.map((one) => [one.name, one]));
  const depths = new Map<string, number>();
  const depthOf = (service: Service): number => {
    const known = depths.get(service.name);
    if (known !== undefined) return known;
    const below = service.dependsOn.flatMap((name) => byName.get(name) ?? []).map(depthOf);
    const depth = Math.max(-1, ...below) + 1;
    depths.set(service.name, depth);
    return depth;
  };
  services.forEach(depthOf);
  return depths;
}

export const namesOf = (waves: Waves): string[] => waves.flat().map((one) => one.name);
