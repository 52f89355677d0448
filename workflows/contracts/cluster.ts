/**
 * What the activities of failover, switchover and reprotection tell the procedures: plain JSON, times in UTC ISO 8601,
 * durations in milliseconds, sizes in bytes, LSNs as PostgreSQL writes them. Only types; nothing here runs.
 */
import type { Database, Site } from '../../plan';
import type { ContainerFacts } from './recovery';

/** One server of a database, as a standby or as whatever it is now. `database` carries the roles as they are. */
export interface MemberAt {
  database: Database;
  /** Site of the member. */
  site: Site;
  /** Its compose service. */
  service: string;
}

/** Who is primary, by the one record that survives every server: where the pooler sends the clients. */
export interface Roles {
  primary: string;
}

/** A server as it is: from itself in one round trip, else from its container alone. */
export interface ServerFacts {
  service: string;
  site: string;
  container?: ContainerFacts;
  /** Volume its data is on: of its container, or, when that is gone, the one the site's env file names. */
  dataVolume?: string;
  answered: boolean;
  /** Why it did not answer, or why its engine did not. */
  problem?: string;
  /** The engine of its site answered; false: nothing about the container is known. */
  engineAnswered: boolean;
  systemIdentifier: string;
  inRecovery: boolean;
  /** Timeline it writes on, or, in recovery, the one it receives or last replayed. */
  timeline: number;
  /** Write position of a primary, end of the WAL flushed to disk of a standby. */
  receivedLsn: string;
  replayedLsn: string;
  /** First transaction id it has not seen given out, 64 bits. */
  nextXid: string;
  replayPaused: boolean;
  /** recovery_min_apply_delay */
  applyDelayMs: number;
  /** `streaming` or another state of the receiver; absent: no receiver runs. */
  receiver?: string;
  /** Since the last message of the primary; absent without a receiver. */
  receiverSilenceMs?: number;
  /** Age of the oldest transaction of a client that is open. */
  oldestTransactionMs?: number;
  /** Newest heartbeat row it can read. */
  heartbeatAt?: string;
  /** Clock of the server. */
  now: string;
  synchronousStandbyNames: string;
  /** wal_segment_size */
  walSegmentBytes: number;
  /** Free room of the file system its data lies on; absent where it could not be asked. */
  freeBytes?: number;
}

/** What lies in the data volume of a server that does not answer. */
export interface DataVolume {
  /** Its name; absent: nothing names one. */
  volume?: string;
  /** `gone`: there is no such volume. `parts`: files of a cluster without its control file or version. `standby`: it carries standby.signal. */
  holds: 'gone' | 'nothing' | 'parts' | 'cluster' | 'standby';
}

/** What the primary was at when it was last seen alive; kept outside it, so that its death can be measured. */
export interface PrimarySample {
  service: string;
  systemIdentifier: string;
  timeline: number;
  lsn: string;
  /** Id of the next transaction, 64 bits. */
  nextXid: string;
  /** Commit time of the last heartbeat that was acknowledged. */
  heartbeatAt: string;
  /** When the sample was taken, by the worker's clock. */
  at: string;
}

/** What a promotion would lose, before anything is salvaged. */
export interface LossEstimate {
  /** Bytes of WAL that the primary had and the standby has not; null: not known. */
  bytes: number | null;
  /** From the newest heartbeat on the standby to the last one acknowledged; null: not known. */
  ms: number | null;
  /** Transactions in between; null: not known. */
  transactions: number | null;
  /** How old the sample was when the primary fell silent. */
  sampleAgeMs: number | null;
  /** Where the figures come from, in words. */
  basis: string;
}

/** WAL taken from the dead server's volume and given to the standby. */
export interface Salvage {
  /** Whether the dead server's WAL could be read to its end: then no acknowledged commit is lost. */
  complete: boolean;
  /** End of the WAL that the standby had before. */
  fromLsn: string;
  segments: string[];
  bytes: number;
  /** Why nothing, or not everything, could be taken. */
  problem?: string;
  durationMs: number;
}

/** A standby that has become the primary. */
export interface PromotedStandby {
  service: string;
  timeline: number;
  /** Where the new timeline leaves the old one. */
  forkLsn: string;
  /** Timeline it left. */
  formerTimeline: number;
  systemIdentifier: string;
  /** Newest heartbeat of the old history that it holds. */
  lastHeartbeatAt?: string;
  /** Commit time of the first row written on it. */
  wroteAt: string;
  durationMs: number;
}
