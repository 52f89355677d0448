import { bytes } from '../../contracts/words';
import type { Evidence, IncidentFacts, ResourceFacts } from '../../contracts/incident';

/** Shares from which a resource counts as used up. */
const full = { memory: 0.92, disk: 0.97, connections: 0.9 };
/** From here on a disk is worth a word, and no reason for anything yet. */
const fillingDisk = 0.9;

const share = (part: number, whole: number): string => `${Math.round((part / whole) * 100)} %`;

const usedOf = ({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }): number =>
  1 - freeBytes / totalBytes;

/** Memory, disk, connections or processors are used up. */
export function resourceExhaustion({ resources, databases }: IncidentFacts): Evidence[] {
  const evidence = [
    ...resources.flatMap(ofSite),
    ...databases.flatMap(({ name, damage: { connections: now } }): Evidence[] =>
      now && now.used >= now.max * full.connections
        ? [{ says: `${name} has ${now.used} of ${now.max} connections in use`, weight: 4 }]
        : [],
    ),
  ];
  if (evidence.length > 0) return evidence;
  if (resources.length === 0) return [{ says: 'no site could be measured', weight: -1 }];
  return [{ says: 'memory, disk and connections have room', weight: -3 }];
}

function ofSite({ site, containers, disk, memory }: ResourceFacts): Evidence[] {
  const killed = containers.filter((one) => one.oomKilled && !one.running);
  const tight = containers.flatMap(({ service, memoryBytes: used, memoryLimitBytes: limit }): Evidence[] =>
    used !== undefined && limit !== undefined && used >= limit * full.memory
      ? [{ says: `${service} uses ${share(used, limit)} of its ${bytes(limit)} of memory`, weight: 3 }]
      : [],
  );
  return [
    ...killed.map(({ service }) => ({ says: `the kernel killed ${service} for want of memory`, weight: 5 })),
    ...tight,
    ...(disk && usedOf(disk) >= fillingDisk
      ? [
          {
            says: `the disk of site ${site} (${disk.path}) has ${bytes(disk.freeBytes)} left of ${bytes(disk.totalBytes)}`,
            weight: usedOf(disk) >= full.disk ? 4 : 1,
          },
        ]
      : []),
    ...(memory && memory.totalBytes - memory.freeBytes >= memory.totalBytes * 0.97
      ? [{ says: `the machine of site ${site} has ${bytes(memory.freeBytes)} of memory left`, weight: 1 }]
      : []),
  ];
}
