/**
 * The one list of error codes. Every failure that reaches a person carries one; docs/error-codes.md and the exit codes of
 * `dr` are made from it.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Refusal } from './recovery';
import type { Problem } from './run-view';

interface ErrorCode {
  /** What it means, in a sentence. */
  means: string;
  /** What to do next. */
  next: string;
}

export const errorCodes = {
  'DR-INPUT': {
    means: 'The input of a run, signal or command is not valid.',
    next: 'Correct the named values; nothing was started or changed.',
  },
  'DR-PLAN': {
    means: 'The plan is not valid or cannot be read.',
    next: 'Run `dr plan check`, mend every fault it names.',
  },
  'DR-REFUSED': {
    means: 'Pre-flight found reasons not to begin. Nothing was changed.',
    next: 'Read every reason; choose another target or mend the cause, then start again.',
  },
  'DR-REJECTED': {
    means: 'A person rejected the card. What the run had done was undone.',
    next: 'Start again when the reason is settled.',
  },
  'DR-APPROVAL-EXPIRED': {
    means: 'Nobody answered the gate in time. What the run had done was undone.',
    next: 'Start again with someone at hand who may approve.',
  },
  'DR-UNDO': {
    means: 'An undo before this one was left as it is.',
    next: 'Look at the platform. Retry does this undo now, skip leaves it too.',
  },
  'DR-DRIFTED': {
    means: 'The facts that were approved no longer hold, seen after the clients were paused.',
    next: 'Abort to let the clients in again and start anew, or skip to accept the new facts by name.',
  },
  'DR-ABORTED': {
    means: 'A person aborted the run. What the run had done was undone, newest first.',
    next: 'Read the undo steps in the report; a failed undo is named there.',
  },
  'DR-APPROVAL-MISSING': {
    means: 'A destructive activity was called without an approval of its own run.',
    next: 'This is a fault of the procedure: do not repair by hand, report it with the run id.',
  },
  'DR-LOCKED': {
    means: 'Another run works on the same resource.',
    next: 'Watch or abort that run; two recoveries of one resource never run at once.',
  },
  'DR-SITE': {
    means: 'A site cannot take over or be left, there is no reason for it, or another site serves.',
    next: 'Read the sentence: it names what is in the way.',
  },
  'DR-TRAFFIC': {
    means: 'Clients are not sent to the site: the program of the plan failed, or the public name leads elsewhere.',
    next: 'Change the record by hand, then retry; skip to go on with the old record.',
  },
  'DR-TARGET-UNREACHABLE': {
    means: 'The archive does not reach the target.',
    next: 'Choose a target at or before the last reachable commit, or `latest`.',
  },
  'DR-TARGET-INSIDE-BACKUP': {
    means: 'The target lies before the end of every backup that could serve it.',
    next: 'Choose the first usable target that is named, or an older backup.',
  },
  'DR-WAL-GAP': {
    means: 'WAL segments between backup and target are missing from the archive.',
    next: 'Choose a target before the gap or one that a later backup reaches.',
  },
  'DR-WRONG-TIMELINE': {
    means: 'Target and backup lie on different timelines.',
    next: 'Name the timeline of the target, or choose a backup on it.',
  },
  'DR-HISTORY-MISSING': {
    means: 'A timeline history file is missing from the archive.',
    next: 'Push it from pg_wal of the server that made the timeline, then take a full backup.',
  },
  'DR-NO-BACKUP': {
    means: 'No usable backup exists for what was to be restored.',
    next: 'Check where backups are kept; without one only a standby, or the damaged volume, is left.',
  },
  'DR-BACKUP-WITH-ERRORS': {
    means: 'The backup recorded page checksum errors while it was made.',
    next: 'Choose an older backup without errors.',
  },
  'DR-BACKUP-STALE': {
    means: 'The newest backup is older than the plan allows (`backup.maxAge` of the database).',
    next: 'Find out why none was made (`dr schedule list`), then take one: `dr backup database`.',
  },
  'DR-BACKUP-CORRUPT': {
    means: 'A file of the backup does not match its checksum.',
    next: 'Choose another backup; take a new full backup; verify the repository.',
  },
  'DR-DISK-TOO-SMALL': {
    means: 'There is not enough free disk for the copy and the WAL to replay.',
    next: 'Free disk on the named file system or move the volume store.',
  },
  'DR-PARAMETER-TOO-LOW': {
    means: 'A setting of the restored server is lower than the primary had; recovery would stop.',
    next: 'Raise the named setting in the plan or the image.',
  },
  'DR-COLLATION-MISMATCH': {
    means: 'The C library of the image sorts text differently from the one the data was written with.',
    next: 'Use the image the data was written with, or plan a REINDEX.',
  },
  'DR-TABLESPACES': {
    means: 'The database uses tablespaces, which the copy volume does not hold.',
    next: 'Restore by hand with a tablespace map; this procedure does not do it.',
  },
  'DR-UNKNOWN-DATABASE': {
    means: 'The plan has no such database.',
    next: 'Choose one that `dr plan show` lists.',
  },
  'DR-IMAGE-MISSING': {
    means: 'The image of the server or service is not on the engine.',
    next: 'Load or build the image; recovery never pulls one.',
  },
  'DR-CORRUPT': {
    means: 'amcheck or page checksums found damage in the restored copy.',
    next: 'Do not cut over. Choose an older backup or target.',
  },
  'DR-RECOVERY-ENDED-EARLY': {
    means: 'WAL ended before the target was reached.',
    next: 'Compare the last replayed commit with the target; choose a reachable one.',
  },
  'DR-COPY-NOT-STARTED': {
    means: 'The restored copy did not reach the paused state.',
    next: 'Read the quoted log line of the server.',
  },
  'DR-COPY-NOT-ISOLATED': {
    means: 'The copy could reach the archive or a network.',
    next: 'This is a fault: the copy was not started. Report it with the run id.',
  },
  'DR-NOT-OURS': {
    means: 'A container, volume or file does not carry the label of this run or platform.',
    next: 'Nothing was touched. Check the name and its labels.',
  },
  'DR-VOLUME-NOT-EMPTY': {
    means: 'The volume to restore into holds data that is not of this run.',
    next: 'Remove or rename it, then retry.',
  },
  'DR-POOLER': {
    means: 'The connection pooler did not do what it was told.',
    next: 'Read its answer; check its admin user and that it runs.',
  },
  'DR-FENCE-NOT-PROVEN': {
    means: 'It could not be proven that the old server takes no writes.',
    next: 'Stop it by other means (power, network), then retry. Never promote over it.',
  },
  'DR-PROMOTE': {
    means: 'The server did not leave recovery.',
    next: 'Read the quoted log; do not promote again blindly.',
  },
  'DR-CLIENT-WRITE': {
    means: 'A committed write did not come back through the client path.',
    next: 'Check pooler and server address; the recovery is not done until this works.',
  },
  'DR-WITNESS': {
    means: 'An outside witness misses rows that were acknowledged to it, or a required one did not answer.',
    next: 'Read its facts in the report; the rows it names may be in the damaged volume.',
  },
  'DR-ARCHIVE': {
    means: 'WAL archiving does not work on the recovered server.',
    next: 'Until it does there is no point-in-time recovery: check archive_command and the repository.',
  },
  'DR-BACKUP-FAILED': {
    means: 'The new backup was not made or is not clean.',
    next: 'The data serves, but unprotected: mend and take a full backup at once.',
  },
  'DR-TEST-FAILED': {
    means: 'A criterion of a test is not met.',
    next: 'Read in the report which one, mend the cause, test again. Of a restore test: the backups may not save you, take a full backup first.',
  },
  'DR-TEST-NOT-NOW': {
    means: 'A test may not begin now: the plan forbids it, or something is being recovered.',
    next: 'Start it at the moment that is named, or when what is named has ended.',
  },
  'DR-TEST-STOPPED': {
    means: 'What serves became unwell while a test ran, so the test was ended and its copy removed.',
    next: 'Look at what serves first: `dr recover service`, `dr incident`. Then find out whether the test was the cause, and test again.',
  },
  'DR-DRILL': {
    means: "The drill's copy of the platform could not be made, damaged as planned, or removed.",
    next: "Read the output of the plan's drills.up or drills.down in the evidence, mend it, start the test again.",
  },
  'DR-DRILL-ISOLATION': {
    means: "The drill's copy of the platform can reach what serves, or nothing proves that it cannot.",
    next: 'Give the copy a network, volumes and directories of its own; the report names what it reaches. Nothing was damaged.',
  },
  'DR-NOT-READY': {
    means: 'A readiness check found something that a recovery would miss.',
    next: 'Mend what the report of the check names, item by item, then `dr check` again.',
  },
  'DR-SCHEDULED': {
    means: 'A procedure that was started by the clock did not end in its window, or ended without success.',
    next: 'Read the report of the run it names; `dr schedule list` shows when it is started next.',
  },
  'DR-STANDBY': {
    means: 'The standby was not rebuilt or does not stream.',
    next: 'The data serves, but without a standby: retry or rebuild it.',
  },
  'DR-STALL': {
    means: 'Clients would have been held longer than allowed, so the switchover was given up.',
    next: 'It was undone. Read in the sentence whether clients are served: if not, start the server it names. Else look for long transactions and for what made it slow, then start again.',
  },
  'DR-SERVICE': {
    means: 'A service did not become healthy.',
    next: 'Read its log; retry, or skip and mend it by hand.',
  },
  'DR-UNKNOWN-SERVICE': {
    means: 'The plan has no such service.',
    next: 'Choose one that `dr plan show` lists.',
  },
  'DR-UNKNOWN-STORE': {
    means: 'The plan has no such store.',
    next: 'Choose one that `dr plan show` lists.',
  },
  'DR-STORE': {
    means: 'A store did not answer, or did not do what it was told.',
    next: 'Read its answer; check its container and its log.',
  },
  'DR-CERTIFICATE': {
    means: 'There is no certificate that the gateway could serve, or it serves another one than it should.',
    next: 'Renew the certificate with your authority, put it and its key where the plan says, then back it up.',
  },
  'DR-DEPENDENCY': {
    means: 'Something that the service cannot work without does not work.',
    next: 'Recover what is named first; the service may then be well by itself.',
  },
  'DR-GATEWAY': {
    means: 'The gateway does not run, or did not do what it was told.',
    next: 'Read its answer; check its container and its configuration.',
  },
  'DR-REDUCED': {
    means: 'Reduced functionality could not be switched, or clients get something else than the mode says.',
    next: 'Read who has the mode and what clients get; `dr reduce off` lifts what was left behind.',
  },
  'DR-RESOURCES': {
    means: 'Something is exhausted, and nothing that the plan allows has relieved it.',
    next: 'Read what takes it. Make room by hand, or allow a measure under `resources` of the plan; then retry.',
  },
  'DR-TEMPLATE': {
    means: 'A message cannot be made from its template.',
    next: 'Give the facts it names, or correct the template.',
  },
  'DR-CHANNEL': {
    means: 'A channel did not take a message.',
    next: 'Read its answer; tell the people by another channel meanwhile.',
  },
  'DR-NOBODY-TOLD': {
    means: 'No channel took the message.',
    next: 'Call the people by phone (`dr plan show` has the numbers); check the channels of the plan.',
  },
  'DR-UNACKNOWLEDGED': {
    means: 'Nobody of the on-call chain acknowledged.',
    next: 'Call by phone, then start the chain again.',
  },
  'DR-STATUS-PAGE': {
    means: 'The status page was not updated.',
    next: 'Read the reason; post the update again when it is mended.',
  },
  'DR-ENGINE': {
    means: 'The Docker engine did not answer or refused.',
    next: 'Check that the engine of the named site runs and is reachable by its worker.',
  },
  'DR-COMPOSE': { means: 'Docker Compose failed.', next: 'Read the quoted output.' },
  'DR-DATABASE-DOWN': { means: 'The database server did not answer.', next: 'Check its container and log.' },
  'DR-SQL': { means: 'The database answered with an error.', next: 'Read the quoted error.' },
  'DR-TOOL': { means: 'A program that recovery runs failed.', next: 'Read the quoted output.' },
  'DR-SECRET': {
    means: 'A secret could not be read from where the plan says it is, or does not open what it is for.',
    next: 'Check the named file or variable, and what the plan says of it.',
  },
  'DR-SITE-UNREACHABLE': {
    means: 'No worker of the site took the work.',
    next: 'Start the site worker beside its Docker engine.',
  },
  'DR-TIMEOUT': {
    means: 'A step did not end in its time.',
    next: 'Look at the system it works on, then retry, skip or abort.',
  },
  'DR-INTERNAL': {
    means: 'The orchestrator itself failed in a way it did not foresee.',
    next: 'Keep the run; report it with its id and history.',
  },
} as const satisfies Record<string, ErrorCode>;

export type DrCode = keyof typeof errorCodes;

/**
 * A failure with a code. `message` names the value and where it came from.
 * @param retry whether Temporal may try again by itself; refusals never are (default false).
 */
export function drFailure(
  code: DrCode,
  message: string,
  options: { retry?: boolean; next?: string; details?: unknown } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: !(options.retry ?? false),
    details: [
      {
        next: options.next ?? errorCodes[code].next,
        ...(options.details === undefined ? {} : { details: options.details }),
      },
    ],
  });
}

/**
 * A failure that is one or more reasons not to begin: a retry mends none of them, and a pre-flight says them all at once.
 * @param refusals at least one; the first gives the failure its code
 */
export function refusal(...refusals: [Refusal, ...Refusal[]]): ApplicationFailure {
  const [{ code, next }] = refusals;
  const message = refusals.map((one) => one.message).join('; ');
  return drFailure(code as DrCode, message, { next, details: { refusals } });
}

/** The reasons a failure was made of by `refusal`; undefined when it is of another kind. */
export function refusalsOf(error: unknown): Refusal[] | undefined {
  const at = rootOf(error);
  if (!(at instanceof ApplicationFailure)) return undefined;
  const given = at.details?.[0] as { details?: { refusals?: Refusal[] } } | undefined;
  return given?.details?.refusals;
}

/** The failure inside what Temporal wrapped around it. */
function rootOf(error: unknown): unknown {
  let at: unknown = error;
  while (at instanceof Error && !(at instanceof ApplicationFailure) && at.cause !== undefined) at = at.cause;
  return at;
}

/** The sentence, code and next step of a failure, however deep Temporal wrapped it. */
export function problemOf(error: unknown): Problem {
  const at = rootOf(error);
  if (at instanceof ApplicationFailure && at.type && at.type in errorCodes) {
    const code = at.type as DrCode;
    const given = (at.details?.[0] as { next?: string } | undefined)?.next;
    return { code, message: at.message, next: given ?? errorCodes[code].next };
  }
  const message = at instanceof Error ? at.message : String(at);
  const timeout =
    at instanceof Error && at.name === 'TimeoutFailure'
      ? (at as Error & { timeoutType?: string }).timeoutType
      : undefined;
  if (timeout === 'SCHEDULE_TO_START')
    return { code: 'DR-SITE-UNREACHABLE', message, next: errorCodes['DR-SITE-UNREACHABLE'].next };
  if (timeout) return { code: 'DR-TIMEOUT', message: `${message} (${timeout})`, next: errorCodes['DR-TIMEOUT'].next };
  return { code: 'DR-INTERNAL', message, next: errorCodes['DR-INTERNAL'].next };
}
