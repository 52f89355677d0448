/** Words of the procedure `relieveResources`: its input, and what activities tell it about what is exhausted. */
import { z } from 'zod';
import { approvalTimeoutMs, startedBy } from './input';

/** What a relief of the platform locks. */
export const resourcesResource = 'resources';

export const relieveResourcesInputSchema = z.strictObject({
  ...startedBy,
  approvalTimeoutMs,
  policyMayAnswer: z
    .boolean()
    .default(true)
    .describe(
      'whether the plan may answer for measures it calls automatic. Default true; false: a person decides about each',
    ),
});
export type RelieveResourcesInput = z.infer<typeof relieveResourcesInputSchema>;

/** What a container takes at one moment. */
export interface ContainerUse {
  service: string;
  containerId: string;
  running: boolean;
  startedAt: string;
  /** Without the page cache that can be given back, bytes; null: it does not run. */
  memoryBytes: number | null;
  /** null: it has none. */
  limitBytes: number | null;
  /** Its last end was the kernel's doing, for want of memory. */
  oomKilled: boolean;
  /** It is frozen, or in no network: somebody holds it still. Absent: nobody does. */
  isolated?: true;
  /** Processors it kept busy while it was measured, 1 is one; null: it does not run, or was looked at only once. */
  cpus: number | null;
}

/** Files that an entry of the plan allows to remove, as they are now. */
export interface FreeableNow {
  name: string;
  files: number;
  bytes: number;
  /** Milliseconds since 1970: files changed since are left alone, whenever they are removed. */
  olderThan: number;
}

/** A file system as a container, or the engine, sees it. */
export interface DiskUse {
  /** Absent: the engine's own, where its data root lies. */
  service?: string;
  path: string;
  totalBytes: number;
  freeBytes: number;
  /** The largest of what lies directly in it; only where it is exhausted. */
  largest: { path: string; bytes: number }[];
  /** What the plan allows to remove there. */
  freeable: FreeableNow[];
}

/** A session that has an open transaction and does nothing. */
export interface IdleSession {
  pid: number;
  /** With the process id it names the session, and no later one of the same id. */
  startedAt: string;
  user: string;
  application: string;
  idleMs: number;
}

/** Connections of a database server. */
export interface ConnectionUse {
  database: string;
  service: string;
  used: number;
  /** Those that clients can have: `max_connections` without what is kept for administrators. */
  most: number;
  /** Who has them, the most first. */
  byClient: { client: string; count: number }[];
  idle: IdleSession[];
  /** Clients that wait at the pooler for a connection; null: it was not asked or does not answer. */
  waiting: number | null;
}

export interface ResourceFacts {
  containers: ContainerUse[];
  disks: DiskUse[];
  connections: ConnectionUse[];
  /** What could not be measured, with the reason. */
  unknown: string[];
}

/** One thing that can be done against a hog. */
export type Relief =
  | { kind: 'limit'; service: string; containerId: string; from: number | null; to: number; automatic: boolean }
  | { kind: 'restart'; service: string; containerId: string; startedAt: string; automatic: boolean }
  | { kind: 'free'; entry: FreeableNow; automatic: boolean }
  | { kind: 'terminate'; database: string; service: string; sessions: IdleSession[]; automatic: boolean };

/** Something that takes too much, or has too little. */
export interface Hog {
  /** `memory ai-service`, `disk content-service:/var/tmp`, `connections shandi`. */
  what: string;
  /** In a sentence, with its numbers. */
  says: string;
  /** What the plan allows, gentlest first. */
  reliefs: Relief[];
  /** Why nothing is done against it, whatever the plan allows, in a sentence. */
  untouched?: string;
}
