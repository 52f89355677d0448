/**
 * What the activities of a database recovery tell the procedure: plain JSON, times in UTC ISO 8601, sizes in bytes,
 * durations in milliseconds, LSNs as PostgreSQL writes them. Only types; nothing here runs.
 */
import type { Database, Site } from '../../plan';
import type { RecoveryTarget } from './pitr';
import type { EvidenceRef } from './run-view';

/** The database an activity works on: its entry in the plan, and the site it lives at. */
export interface DatabaseAt {
  database: Database;
  site: Site;
}

/** A container as the engine describes it. */
export interface ContainerFacts {
  id: string;
  name: string;
  service: string;
  image: string;
  imageId: string;
  running: boolean;
  paused: boolean;
  exitCode: number;
  startedAt: string;
  restartPolicy: string;
  /** Name of the volume mounted at the data directory, if any. */
  dataVolume?: string;
  networks: string[];
}

/** State of a database server, read from itself, or from its data directory when it does not answer. */
export interface DatabaseFacts {
  answered: boolean;
  /** Why it did not answer. */
  problem?: string;
  container?: ContainerFacts;
  systemIdentifier: string;
  timeline: number;
  inRecovery: boolean;
  /** Current write position (primary) or replay position (standby). */
  lsn: string;
  /** First transaction id not given out yet, 64 bits with its epoch; absent where the server did not answer. */
  nextXid?: string;
  /** Clock of the server. */
  now: string;
  version: string;
  checksums: boolean;
  databaseBytes: number;
  /** max_connections, max_worker_processes, max_wal_senders, max_prepared_transactions, max_locks_per_transaction. */
  settings: Record<string, number>;
  archive: {
    mode: string;
    lastArchivedSegment?: string;
    lastArchivedAt?: string;
    failedCount: number;
    /** UTC; of the last try that failed. */
    lastFailedAt?: string;
    /** Segments that wait to be archived. */
    ready: number;
    /** How long the oldest of them has waited, milliseconds; absent: none waits. */
    oldestReadyMs?: number;
  };
  /** Last committed transaction the server knows of (track_commit_timestamp) or the newest heartbeat. */
  lastCommitAt?: string;
  collations: { database: string; recorded: string | null; actual: string | null }[];
  tablespaces: string[];
  preload: string[];
  extensions: string[];
  standbys: { name: string; state: string; replayLsn: string }[];
}

export interface BackupFacts {
  label: string;
  kind: 'full' | 'diff' | 'incr';
  startedAt: string;
  stoppedAt: string;
  startLsn: string;
  stopLsn: string;
  /** First and last WAL segment the backup itself needs. */
  archiveStart: string;
  archiveStop: string;
  timeline: number;
  databaseBytes: number;
  repositoryBytes: number;
  /** Backups it takes unchanged files from, by label; absent: none, it is a full one. */
  references?: string[];
  /** Page checksum errors were seen while it was made: never a base. */
  hasErrors: boolean;
}

/** A reason not to begin. */
export interface Refusal {
  code: string;
  message: string;
  next: string;
}

/** Whether, from where and how far the archive reaches the target. Touches no data directory. */
export interface Coverage {
  reachable: boolean;
  /** Reached only once the WAL that is still on the running primary has been archived. */
  needsTail: boolean;
  refusals: Refusal[];
  backup?: BackupFacts;
  timeline: number;
  /** Segments from the backup's first to the one that proves the target. */
  firstSegment?: string;
  stopSegment?: string;
  walBytes: number;
  gaps: { from: string; to: string }[];
  /** Last commit the archive holds without a gap, from the chosen backup on. */
  lastReachable?: { at?: string; lsn?: string; segment: string };
  /** First transaction past the target, if the archive shows it. */
  firstExcluded?: { xid: string; at: string; lsn: string };
  segmentsOpened: number;
}

/** Room for the copy on the engine's volume store. */
export interface DiskFacts {
  path: string;
  freeBytes: number;
  totalBytes: number;
}

/** A data directory restored into a volume of its own. */
export interface RestoredCopy {
  volume: string;
  backup: string;
  bytes: number;
  files: number;
  durationMs: number;
  /** The volume already held this very restore (an earlier try finished it). */
  reused: boolean;
}

/** A copy that stands paused at its target. */
export interface PausedCopy {
  container: string;
  volume: string;
  replayLsn: string;
  timeline: number;
  lastCommitAt?: string;
  /** First transaction that is not in the copy, as the server's log names it. */
  firstExcluded?: { xid: string; at?: string };
  /** The log line that proves where it stopped. */
  logLine: string;
  walBytesReplayed: number;
  durationMs: number;
  /** Its log up to there. */
  evidence?: EvidenceRef;
}

export interface TableCount {
  table: string;
  /** Rows on the damaged server; null: the table does not exist there, or the server does not answer. */
  now: number | null;
  /** Rows in the copy; null: not there, or not readable yet. */
  after: number | null;
  /** The excluded transaction still holds its lock in the paused copy: it is counted after the promotion. */
  locked?: boolean;
  /** E.g. `dropped on the damaged server`, `locked by the excluded transaction: counted after promotion; about 1 200 by its size`. */
  note?: string;
}

export interface Inspection {
  tables: TableCount[];
  businessQueries: { name: string; value: number | null; expected: string; ok: boolean; note?: string }[];
  checksumFailures: number;
  /** `checked` false: the extension is not installed in the database, so nothing was looked at. */
  amcheck: {
    ok: boolean;
    checked: boolean;
    relations: number;
    skipped: string[];
    findings: string[];
    durationMs: number;
  };
  evidence: EvidenceRef[];
}

/** What would be lost if clients were moved to the copy now. */
export interface Loss {
  /** From the last commit in the copy to the last commit on the damaged server. */
  windowMs: number | null;
  lsnBytes: number | null;
  transactions: number | null;
  damagedLsn: string | null;
  /** Replay position of the copy as it is now. */
  copyLsn: string;
  /** The copy still stands paused in recovery; false: somebody has moved it. */
  copyPaused: boolean;
  lastCommitDamaged?: string;
  lastCommitCopy?: string;
  measuredAt: string;
}

export interface FenceProof {
  container: string;
  running: boolean;
  restartPolicy: string;
  /** What a TCP connect to its port answered from the client network. */
  connect: string;
  /** Final position of the damaged history, read after it stopped. */
  finalLsn?: string;
  /** Its log, which goes with its container. */
  evidence?: EvidenceRef;
  provenAt: string;
}

export interface PromotedCopy {
  timeline: number;
  /** Content of the history file of that timeline: no other timeline has the same. */
  history: string;
  lsn: string;
  systemIdentifier: string;
  durationMs: number;
}

export interface ClientWrite {
  id: string;
  server: string;
  timeline: number;
  systemIdentifier: string;
  committedAt: string;
  durationMs: number;
}

/** What an outside client says of the rows that were acknowledged to it. */
export interface Testimony {
  witness: string;
  /** False: nobody listens there, and the plan does not require it. */
  answered: boolean;
  ok: boolean;
  summary: string;
  facts: { label: string; value: string }[];
}

/** Progress of a long activity: the details of its heartbeat, read by `dr watch` from the pending activity. */
export interface Progress {
  what: string;
  doneBytes?: number;
  totalBytes?: number;
  lsn?: string;
  targetLsn?: string;
  /** Estimated time left. */
  leftMs?: number;
  text: string;
}

export type { RecoveryTarget };
