/** What is exhausted, who takes it, and what the plan allows against it. Pure. */
import type { Resources } from '../../plan';
import type { ConnectionUse, ContainerUse, DiskUse, Hog, Relief, ResourceFacts } from '../contracts/resources';
import { bytes, count, duration } from '../contracts/words';

/** Hogs in the order in which they are relieved: a full disk stops everything, a lack of connections everybody, memory one service. */
export function judge(facts: ResourceFacts, resources: Resources): Hog[] {
  return [
    ...facts.disks.flatMap((disk) => judgeDisk(disk, resources)),
    ...facts.connections.flatMap((one) => judgeConnections(one, resources)),
    ...facts.containers.flatMap((one) => judgeMemory(one, resources)),
  ];
}

const percentOf = (part: number, whole: number): number => (whole > 0 ? (part / whole) * 100 : 0);
const rounded = (percent: number): string => `${Math.floor(percent)} %`;

function judgeMemory(one: ContainerUse, { memory, thresholds }: Resources): Hog[] {
  const { service, containerId, limitBytes, memoryBytes, oomKilled, running, startedAt, isolated } = one;
  const allowed = memory.find((entry) => entry.service === service);
  const ceiling = allowed?.ceiling;
  // One without a limit is held against the ceiling of the plan, where it has one.
  const most = limitBytes ?? ceiling ?? null;
  const killed = !running && oomKilled;
  const share = most === null || memoryBytes === null ? 0 : percentOf(memoryBytes, most);
  if (!killed && share < thresholds.memory) return [];
  const possible: Relief[] = [
    ...(ceiling !== undefined && (limitBytes === null || limitBytes < ceiling) && (memoryBytes ?? 0) < ceiling
      ? [{ kind: 'limit' as const, service, containerId, from: limitBytes, to: ceiling, automatic: false }]
      : []),
    { kind: 'restart' as const, service, containerId, startedAt, automatic: false },
  ];
  return [
    {
      what: `memory ${service}`,
      says: killed
        ? `${service} was killed for want of memory, with a limit of ${limitBytes === null ? 'none' : bytes(limitBytes)}`
        : `${service} takes ${bytes(memoryBytes ?? 0)} of ${bytes(most ?? 0)}${limitBytes === null ? ' that the plan gives it, and has no limit' : ''} (${rounded(share)})`,
      ...(isolated ? { untouched: `${service} is frozen or in no network: it is left as it is` } : {}),
      reliefs: (isolated ? [] : possible).flatMap((relief) =>
        allowed?.measures.some((measure) => measure === relief.kind)
          ? [{ ...relief, automatic: allowed.automatic.some((measure) => measure === relief.kind) }]
          : [],
      ),
    },
  ];
}

function judgeDisk(
  { service, path, totalBytes, freeBytes, largest, freeable }: DiskUse,
  { free, thresholds }: Resources,
): Hog[] {
  const share = percentOf(totalBytes - freeBytes, totalBytes);
  if (share < thresholds.disk) return [];
  const where = service === undefined ? `the engine's own (${path})` : `${service}:${path}`;
  const [most] = largest;
  return [
    {
      what: `disk ${where}`,
      says: `${where} is full to ${rounded(share)}: ${bytes(freeBytes)} of ${bytes(totalBytes)} are free${most ? `; most of it is ${most.path}, ${bytes(most.bytes)}` : ''}`,
      reliefs: freeable
        .filter(({ files }) => files > 0)
        .map((entry) => ({
          kind: 'free' as const,
          entry,
          automatic: free.find(({ name }) => name === entry.name)?.automatic ?? false,
        })),
    },
  ];
}

function judgeConnections(
  { database, service, used, most, byClient, idle }: ConnectionUse,
  { sessions, thresholds }: Resources,
): Hog[] {
  const share = percentOf(used, most);
  if (share < thresholds.connections) return [];
  const [first] = byClient;
  return [
    {
      what: `connections ${database}`,
      says: `${database} has ${count(used)} of ${count(most)} connections (${rounded(share)})${first ? `; ${first.client} has ${count(first.count)}` : ''}; ${count(idle.length)} idle in a transaction for longer than ${duration(sessions.idleInTransaction)}`,
      reliefs:
        sessions.terminate && idle.length > 0
          ? [{ kind: 'terminate', database, service, sessions: idle, automatic: sessions.automatic }]
          : [],
    },
  ];
}

/** What names a relief and what it acts on: another one is not what was approved. */
export function identityOf(relief: Relief): string {
  switch (relief.kind) {
    case 'limit':
      return `limit ${relief.containerId} ${relief.to}`;
    case 'restart':
      return `restart ${relief.containerId} ${relief.startedAt}`;
    case 'free':
      return `free ${relief.entry.name}`;
    case 'terminate':
      return `terminate ${relief.service}`;
  }
}

/** A relief as a person reads it on the card. */
export function titleOf(relief: Relief): string {
  switch (relief.kind) {
    case 'limit':
      return `Let ${relief.service} have ${bytes(relief.to)}${relief.from === null ? '' : `, it had ${bytes(relief.from)}`}`;
    case 'restart':
      return `Restart ${relief.service}`;
    case 'free':
      return `Remove ${count(relief.entry.files)} files of ${relief.entry.name}, ${bytes(relief.entry.bytes)}`;
    case 'terminate':
      return `End ${count(relief.sessions.length)} idle sessions of ${relief.database}`;
  }
}
