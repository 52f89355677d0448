/**
 * Backs up a database by pgBackRest while it serves. Nobody waits beside a backup that runs by the clock: where it cannot be
 * made the run ends with the reason instead of being held, and the next one tries again.
 */
import type { Plan } from '../plan';
import { expireOutlived } from './backup/expire';
import { backupDatabaseInputSchema, type BackupDatabaseInput, type ReadBack } from './contracts/backup';
import { backupLock, databaseResource } from './contracts/names';
import type { BackupFacts } from './contracts/recovery';
import type { Problem, Report } from './contracts/run-view';
import { bytes, count, duration } from './contracts/words';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { presentDatabase, type PresentDatabase } from './steps/present-database';

/**
 * The procedure `backupDatabase`. @param input one JSON object: see `backupDatabaseInputSchema`
 * @returns the report, with the backup as its result; fails with a code when none was made that can be relied on
 */
export async function backupDatabase(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'backupDatabase',
      schema: backupDatabaseInputSchema,
      describe: ({ database, kind, reason, by }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: backupLock(resource),
          mode: 'backup',
          summary: `${kind} backup of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: BackupDatabaseInput, plan: Plan): Promise<Finished> {
  const present = await presentDatabase(run, input.database, plan);
  const { at, on, key } = present;
  run.phase('Pre-flight');
  await archiveWorks(run, present);

  run.phase('Back up');
  const began = Date.now();
  const made = await run.change<BackupFacts | { problem: Problem }>(
    `Take a backup, ${input.kind}`,
    () => on.change.takeBackup({ ...at, key, kind: input.kind }),
    { outcome: (one) => ('label' in one ? `${one.label}, ${bytes(one.repositoryBytes)}` : ''), instead: failed },
  );
  if ('problem' in made) return run.giveUp('DR-BACKUP-FAILED', made.problem.message);
  const durationMs = Date.now() - began;
  if (input.kind !== 'full' && made.kind === 'full')
    run.note(`${input.kind} was asked for; pgBackRest had no full backup that it could refer to, so this is one`);

  run.phase('Verify');
  const found = await run.change<ReadBack | { problem: Problem }>(
    'Read it back',
    () => on.probe.readBackBackup({ ...at, label: made.label }),
    {
      outcome: (read) => ('listed' in read ? (faultOf(read) ?? 'listed, and its WAL is archived') : ''),
      instead: failed,
    },
  );
  const fault = 'problem' in found ? found.problem.message : faultOf(found);
  if (fault !== undefined)
    return run.giveUp('DR-BACKUP-FAILED', `backup ${made.label} of ${input.database} is none to rely on: ${fault}`);
  run.facts('Backup', [
    { label: 'Label', value: made.label },
    { label: 'Kind', value: `${made.kind}${made.references ? `, refers to ${made.references.join(', ')}` : ''}` },
    { label: 'Taken from', value: `${at.database.service} at site ${at.site.name}` },
    { label: 'Size of the database', value: bytes(made.databaseBytes) },
    { label: 'Size in the repository', value: bytes(made.repositoryBytes) },
    { label: 'WAL of its own', value: 'segments' in found ? `${count(found.segments)} segments, all archived` : '' },
    { label: 'Duration', value: duration(durationMs) },
  ]);
  const expired = input.expire ? await expireOutlived(run, present, plan) : [];
  return { verdict: 'none', result: { backup: made, durationMs, expired } };
}

const failed = (problem: Problem): { problem: Problem } => ({ problem });

/** A backup without its WAL cannot be restored: where none arrives, none is begun. */
async function archiveWorks(run: Run, { at, on }: PresentDatabase): Promise<void> {
  const checked = await run.change<{ segment: string; durationMs: number } | { problem: Problem }>(
    'Check the archive',
    () => on.change.archiveCheck(at),
    {
      outcome: (one) => ('segment' in one ? `segment ${one.segment} arrived in ${duration(one.durationMs)}` : ''),
      instead: failed,
    },
  );
  if (!('problem' in checked)) return;
  const { code, message } = checked.problem;
  const next = 'Mend the archive first: a backup needs its WAL. See the log of archive-push on the server.';
  return run.refuse([{ code, message, next: checked.problem.next ?? next }]);
}

/** Why a backup is none to rely on; undefined: it is. */
function faultOf({ listed, brokenReferences, missingSegments }: ReadBack): string | undefined {
  if (!listed) return 'the repository does not list it, or lists it with an error';
  if (brokenReferences.length > 0) return `it refers to ${brokenReferences.join(', ')}, which cannot be relied on`;
  return missingSegments.length > 0 ? `its WAL is not archived: ${missingSegments.join(', ')}` : undefined;
}
