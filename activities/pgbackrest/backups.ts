/** Backups as `pgbackrest info` lists them, and which of them can serve a target. Pure functions. */
import type { BackupFacts } from '../../workflows/contracts/recovery';

interface InfoBackup {
  label: string;
  type: 'full' | 'diff' | 'incr';
  error?: boolean;
  archive: { start: string | null; stop: string | null };
  lsn?: { start: string; stop: string };
  timestamp: { start: number; stop: number };
  info: { size: number; repository: { delta: number; size?: number } };
  database: { id: number };
  reference: string[] | null;
  annotation?: Record<string, string>;
}

interface InfoStanza {
  name: string;
  cipher?: string;
  repo?: { status: { code: number; message: string } }[];
  backup: InfoBackup[];
  archive: { id: string; database: { id: number } }[];
  db: { id: number; 'system-id': number; version: string }[];
  status: {
    code: number;
    message: string;
    lock?: { backup?: { held: boolean; size?: number; 'size-cplt'?: number } };
  };
}

/** What `info` tells about a stanza. */
export interface StanzaInfo {
  /** Newest first. */
  backups: BackupFacts[];
  /** Annotations by label. */
  annotations: Map<string, Record<string, string>>;
  /** Folder of the present cluster's WAL, such as `15-1`. */
  archiveId: string | undefined;
  /** System identifier of the present cluster, digits as written (too long for a JavaScript number). */
  systemIdentifier: string | undefined;
  /** A backup is running now. */
  running: { doneBytes?: number; totalBytes?: number } | undefined;
  /** pgBackRest's own words, in one line. */
  status: string;
  /** The repository is encrypted, and what was read with the pass phrase at hand made no sense. */
  undecipherable: boolean;
}

/**
 * Reads `pgbackrest info --output=json` for one stanza. With a wrong pass phrase pgBackRest still ends with 0 and quotes
 * whatever the decryption came to, control characters included. A backup counts as erroneous when it, or one it refers to, recorded
 * page checksum errors: an incremental backup takes its unchanged files from the earlier ones, damaged pages included.
 * @returns undefined when the stanza is not in the repository
 */
export function parseInfo(json: string, stanza: string): StanzaInfo | undefined {
  // system-id has 19 digits: quoted before parsing, or its end would be rounded away
  const text = json.replace(/\p{Cc}/gu, ' ').replace(/"system-id":\s*(\d+)/g, '"system-id":"$1"');
  const all = JSON.parse(text) as InfoStanza[];
  const found = all.find((one) => one.name === stanza);
  if (!found) return undefined;
  const present = found.db.reduce((newest, one) => Math.max(newest, one.id), 0);
  const listed = found.backup.filter((one) => one.database.id === present);
  const erroneous = new Set(listed.filter((one) => one.error === true).map((one) => one.label));
  const lock = found.status.lock?.backup;
  return {
    backups: listed
      .map((one) => facts(one, erroneous))
      .sort((a, b) => b.stoppedAt.localeCompare(a.stoppedAt) || b.label.localeCompare(a.label)),
    annotations: new Map(listed.map((one) => [one.label, one.annotation ?? {}])),
    archiveId: found.archive.find((one) => one.database.id === present)?.id,
    systemIdentifier: found.db.find((one) => one.id === present)?.['system-id'].toString(),
    running: lock?.held
      ? {
          ...(lock['size-cplt'] === undefined ? {} : { doneBytes: lock['size-cplt'] }),
          ...(lock.size === undefined ? {} : { totalBytes: lock.size }),
        }
      : undefined,
    ...statusOf(found),
  };
}

/** pgBackRest's status 99 is "other": the reason is in the status of the repository (command reference, "info"). */
function statusOf(found: InfoStanza): Pick<StanzaInfo, 'status' | 'undecipherable'> {
  const reason = found.repo?.find((one) => one.status.code === 99)?.status.message ?? '';
  const undecipherable = (found.cipher ?? 'none') !== 'none' && /^\[(CryptoError|FormatError)\]/.test(reason);
  // What follows the first sentence may be the garbage of a decryption.
  const [first = ''] = reason.split(/[\n:]/);
  return { status: first === '' ? found.status.message : first.trim(), undecipherable };
}

function facts(backup: InfoBackup, erroneous: Set<string>): BackupFacts {
  const start = backup.archive.start ?? '';
  return {
    label: backup.label,
    kind: backup.type,
    startedAt: new Date(backup.timestamp.start * 1000).toISOString(),
    stoppedAt: new Date(backup.timestamp.stop * 1000).toISOString(),
    startLsn: backup.lsn?.start ?? '0/0',
    stopLsn: backup.lsn?.stop ?? '0/0',
    archiveStart: start,
    archiveStop: backup.archive.stop ?? start,
    timeline: parseInt(start.slice(0, 8), 16) || 1,
    databaseBytes: backup.info.size,
    repositoryBytes: backup.info.repository.size ?? backup.info.repository.delta,
    ...(backup.reference && backup.reference.length > 0 ? { references: backup.reference } : {}),
    hasErrors: [backup.label, ...(backup.reference ?? [])].some((label) => erroneous.has(label)),
  };
}

/**
 * First whole second at which a backup can serve a time. pgBackRest records whole seconds, rounded down, so the backup may
 * have ended at any moment within its last second.
 */
export function firstUsableTime(backup: BackupFacts): string {
  return new Date(Date.parse(backup.stoppedAt) + 1000).toISOString();
}
