import type { BackupKind } from '../../workflows/contracts/backup';
import { drFailure } from '../../workflows/contracts/errors';
import type { BackupFacts, DatabaseAt } from '../../workflows/contracts/recovery';
import { databaseContainer } from '../shared/database-container';
import { execIn } from '../shared/exec';
import { withHeartbeat } from '../shared/heartbeat';
import { until } from '../shared/until';
import { readRepository } from './read-repository';

export interface FullBackup extends DatabaseAt {
  /** Last 8 hex digits of the run's first execution id; the backup carries it as annotation dr-run. */
  key: string;
}

export interface TakeBackup extends FullBackup {
  kind: BackupKind;
}

/** The plan's word for a kind of backup, as pgBackRest takes it. */
const types: Record<BackupKind, string> = { full: 'full', differential: 'diff', incremental: 'incr' };

/** pgBackRest's exit code for "unable to acquire lock" (errors.auto: LockAcquireError). */
const lockHeld = 50;

/**
 * pgBackRest before 2.47 compares the label of an incremental backup with those of all full ones that ever were, also of one
 * that was removed by hand since, and takes what it finds for clock skew (its issue 1873): until the next full backup none
 * can be made. The message, because the exit code (106, AssertError or FormatError by version) says less.
 */
const cannotRefer = /new backup label '\S+_\S+' is not later than latest backup label/;

/** `takeBackup` of everything. */
export const fullBackup = (at: FullBackup): Promise<BackupFacts> => takeBackup({ ...at, kind: 'full' });

/**
 * Backup of the running server that expires nothing: a plain one runs `expire` and at the retention limit deletes the
 * chain from before the incident. A differential or incremental one that finds no full one to refer to becomes a full one
 * (pgBackRest manual, `--type`), and so does one that cannot refer to the full one there is. A second try finds the backup of the first by its annotation; one that is still running, of
 * whoever, is waited for.
 * @throws DR-BACKUP-FAILED when it cannot be made, or when page checksum errors were seen
 */
export async function takeBackup(at: TakeBackup): Promise<BackupFacts> {
  return withHeartbeat(`${at.kind} backup`, async (beat, signal) => {
    const began = Date.now();
    const { Id } = await databaseContainer(at);
    const { stanza } = at.database.backup;

    /** This run's backup once it is there, undefined while another (or it) is being made, null when there is none. */
    const look = async (): Promise<BackupFacts | null | undefined> => {
      const { info } = await readRepository(at, Id, { signal });
      const made = info.backups.find((one) => info.annotations.get(one.label)?.['dr-run'] === at.key);
      if (made) return made;
      if (!info.running) return null;
      const { doneBytes, totalBytes } = info.running;
      const share = doneBytes !== undefined && totalBytes ? doneBytes / totalBytes : 0;
      beat({
        what: 'backup',
        ...(doneBytes === undefined ? {} : { doneBytes }),
        ...(totalBytes === undefined ? {} : { totalBytes }),
        ...(share > 0 ? { leftMs: Math.round(((Date.now() - began) / share) * (1 - share)) } : {}),
        text: `${at.kind} backup: ${(share * 100).toFixed(0)} %`,
      });
      return undefined;
    };
    // Nobody recovers by this backup while it is made, so a look each second is often enough. The deadline is the activity's.
    const settled = (): Promise<BackupFacts | null> =>
      until(look, { deadlineMs: 24 * 3_600_000, everyMs: 1000, signal, onTimeout: () => new Error('unreachable') });

    let kind = at.kind;
    let made = await settled();
    while (!made) {
      const running = execIn(
        at.site,
        Id,
        [
          'pgbackrest',
          `--stanza=${stanza}`,
          `--type=${types[kind]}`,
          '--no-expire-auto',
          `--annotation=dr-run=${at.key}`,
          '--log-level-console=warn',
          '--log-level-file=off',
          'backup',
        ],
        { user: 'postgres', signal, timeoutMs: 24 * 3_600_000 },
      );
      const watching = setInterval(() => void look().catch(() => undefined), 1000);
      const result = await running.finally(() => clearInterval(watching));
      made = await settled();
      if (made || result.exitCode === lockHeld) continue;
      const said = `${result.stdout} ${result.stderr}`.replace(/\s+/g, ' ').trim();
      if (kind === 'full' || !cannotRefer.test(said))
        throw drFailure(
          'DR-BACKUP-FAILED',
          `pgbackrest backup of stanza ${stanza} ended with ${result.exitCode}: ${said.slice(-500)}`,
          { retry: true },
        );
      kind = 'full';
    }
    if (made.hasErrors)
      throw drFailure(
        'DR-BACKUP-FAILED',
        `backup ${made.label} of stanza ${stanza} saw page checksum errors, in itself or in one it refers to: the database has, or had, damaged pages`,
      );
    return made;
  });
}
