/** Words of the readiness check: what it is started with, what it finds, how each thing is judged. */
import { z } from 'zod';
import type { CertificatesFound } from './bundle';
import { startedBy } from './input';
import type { ServerFacts } from './cluster';
import type { Proof } from './proof';
import type { BackupFacts, DatabaseFacts, DiskFacts } from './recovery';

const { reason, by, planHash } = startedBy;

export const readinessInputSchema = z.strictObject({ reason, by, planHash });
export type ReadinessInput = z.infer<typeof readinessInputSchema>;

/** What was asked, or why it could not be: what is not known is not ready. */
export type Asked<T> = { value: T; problem?: undefined } | { value?: undefined; problem: string };

/** A stretch of time to any moment of which a database can be brought back. */
export interface RestorableWindow {
  /** UTC; from the end of its oldest backup. */
  from: string;
  /** UTC; when the last segment without a hole arrived in the archive. The last commit in it is a little older. */
  until: string;
  /** The oldest backup of it. */
  backup: string;
}

/** What a repository holds of the present cluster. */
export interface RepositoryFacts {
  /** Newest first. */
  backups: BackupFacts[];
  /** Oldest first; more than one: there are moments between them that nothing brings back. */
  windows: RestorableWindow[];
  /** Segments that are missing between segments that are there, from the oldest backup on. */
  gaps: { from: string; to: string }[];
  /** A backup was taken behind the last gap: the last window goes on until now. */
  openEnded: boolean;
}

/** A database and its repository. */
export interface DatabaseReadiness {
  name: string;
  /** Service that takes writes now. */
  primary: Asked<string>;
  server: Asked<DatabaseFacts>;
  /** A segment that was closed for this check has arrived. Absent: the server's own figures said already that none does. */
  archive?: Asked<{ segment: string; durationMs: number }>;
  repository: Asked<RepositoryFacts>;
  /** Every member but the primary. */
  standbys: { service: string; facts: Asked<ServerFacts> }[];
  /** Where the primary is while the standbys are looked at. */
  position: Asked<ServerFacts>;
  disk: Asked<DiskFacts>;
}

/** A backup that is a file. */
export interface FileBackup {
  label: string;
  /** UTC. */
  takenAt: string;
  /** Why it is of no use. */
  problem?: string;
}

/** One way to tell people. */
export interface ChannelFacts {
  channel: string;
  /** As the delivery log shows it. */
  target: string;
  configured: boolean;
  /** Why it would not work, as far as can be told without using it. */
  problem?: string;
}

/** What recovery must be able to read and to write at a site. */
export interface AccessFacts {
  secrets: { what: string; problem?: string }[];
  paths: { what: string; path: string; problem?: string }[];
}

/** How long the last runs of a procedure took. */
export interface RunTimes {
  procedure: string;
  resource: string;
  tier: string;
  /** The RTO they were judged by, milliseconds. */
  rto: number;
  /** Milliseconds, newest first. */
  achieved: number[];
  /** Losses, milliseconds; those that were measured. */
  losses: number[];
  /** How many of them worked on the drill's copy. */
  drills: number;
}

/** What earlier runs say. */
export interface PastFacts {
  proofs: Proof[];
  times: RunTimes[];
  /** The last delivery that a channel took, by `channel target`. */
  told: Record<string, string>;
  /** Why no report can be written; absent: one can. */
  unwritable?: string;
}

/** Everything a readiness check has found. */
export interface ReadinessFacts {
  /** UTC. */
  at: string;
  sites: { name: string; engine: Asked<unknown>; access: Asked<AccessFacts> }[];
  databases: DatabaseReadiness[];
  stores: { name: string; backups: Asked<FileBackup[]> }[];
  bundles: { kind: 'configuration' | 'certificates'; backups: Asked<FileBackup[]> }[];
  certificates: Asked<CertificatesFound>;
  /** What the gateway serves. */
  served: Asked<{ running: boolean; fingerprint?: string; notAfter?: string; says: string }>;
  channels: Asked<ChannelFacts[]>;
  past: Asked<PastFacts>;
}

/** `failed`: a recovery would miss it; not ready. `warning`: look at it in peace. */
export type ItemState = 'ok' | 'warning' | 'failed';

/** One thing, judged. */
export interface ReadinessItem {
  /** `Backups`. */
  area: string;
  /** `full backup of shandi`. */
  name: string;
  state: ItemState;
  /** What was found, with its numbers. */
  says: string;
  /** What to do about it. */
  next?: string;
}

/** Result of the procedure. */
export interface ReadinessResult {
  ready: boolean;
  /** UTC. */
  at: string;
  items: ReadinessItem[];
  proofs: Proof[];
}
