/** Backs up a store of kind redis: a snapshot that was begun now, checked, and kept with its checksum. */
import type { Plan } from '../plan';
import { backupLock, storeResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { backupRedisInputSchema, type BackupRedisInput } from './contracts/store';
import { bytes, count } from './contracts/words';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { labelOf, storeContext } from './store/context';

/**
 * The procedure `backupRedis`. @param input one JSON object: see `backupRedisInputSchema`
 * @returns the report, with the backup as its result; fails with a code when it was aborted
 */
export async function backupRedis(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'backupRedis',
      schema: backupRedisInputSchema,
      describe: ({ store, reason, by }) => {
        const resource = storeResource(store);
        return {
          resource,
          lock: backupLock(resource),
          mode: 'backup',
          summary: `backup of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: BackupRedisInput, plan: Plan): Promise<Finished> {
  const context = storeContext(run, input.store, plan);
  const { at, on } = context;
  const { directory } = plan.backups;
  run.phase('Back up');
  const backup = await run.change(
    'Have it write a snapshot, check it, and keep it',
    () => on.change.backupStore({ ...at, directory, label: labelOf(context) }),
    { outcome: (one) => `${one.label}: ${count(one.keys)} keys, ${bytes(one.bytes)}` },
  );
  run.phase('Verify');
  const [read] = await run.probe(
    'Read it back',
    () => on.probe.listStoreBackups({ ...at, directory, only: backup.label }),
    (found) => found[0]?.problem ?? 'its checksum is right',
  );
  if (!read || read.problem !== undefined)
    return run.giveUp(
      'DR-BACKUP-FAILED',
      `backup ${backup.label} cannot be read back: ${read?.problem ?? 'it is gone'}`,
    );
  run.facts('Backup', [
    { label: 'Label', value: backup.label },
    { label: 'Taken at', value: backup.takenAt },
    { label: 'Keys', value: `${count(backup.keys)}, ${count(backup.expiring)} of which expire` },
    { label: 'SHA-256', value: backup.sha256 },
  ]);
  return { verdict: 'none', result: { backup } };
}
