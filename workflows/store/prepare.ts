/** Phases "Pre-flight" and "Restore": what there is, which backup fits, and a copy of it that was started from and counted. */
import type { Refusal } from '../contracts/recovery';
import type { RedisBackup, RestoredStore, RestoreRedisInput, StoreFacts } from '../contracts/store';
import { bytes, count, duration } from '../contracts/words';
import type { Run } from '../kernel/run';
import type { StoreContext } from './context';

export interface Prepared {
  /** The store as it was found. */
  facts: StoreFacts;
  backup: RedisBackup;
  copy: RestoredStore;
}

export async function prepare(run: Run, context: StoreContext, input: RestoreRedisInput): Promise<Prepared> {
  const { at, on, plan, key } = context;
  const { directory } = plan.backups;
  // One that is named is believed; else what was taken after the data was lost does not hold it.
  const asked = input.backup ? { only: input.backup } : input.disasterAt ? { before: input.disasterAt } : {};
  run.phase('Pre-flight');
  const [facts, backups] = await Promise.all([
    run.probe('Look at the store', () => on.urgent.inspectStore(at), describe),
    run.probe(
      'Look for backups',
      () => on.probe.listStoreBackups({ ...at, directory, ...asked }),
      (found) => found.map(({ backup, problem }) => `${backup.label}${problem ? `: ${problem}` : ''}`)[0] ?? 'none',
    ),
  ]);
  const chosen = backups.find((one) => one.problem === undefined);
  if (!chosen) return run.refuse([noBackup(at.store.name, directory, input, backups)]);
  const { backup } = chosen;
  for (const { backup: other, problem } of backups.slice(0, backups.indexOf(chosen)))
    run.note(`backup ${other.label} is passed over: ${problem ?? ''}`);

  run.phase('Restore');
  const copy = await run.change(
    'Restore it into a volume of its own, and start from that',
    () => on.change.restoreStoreCopy({ ...at, directory, backup, key }),
    {
      undo: { title: 'Remove the copy', act: () => on.change.removeStoreCopy({ ...at, key }) },
      outcome: (one) => `${count(one.keys)} keys in volume ${one.volume} after ${duration(one.durationMs)}`,
    },
  );
  run.facts('Restored copy', [
    { label: 'Backup', value: `${backup.label}, ${bytes(backup.bytes)}, taken at ${backup.takenAt}` },
    {
      label: 'Keys',
      value: `${count(copy.keys)} of ${count(backup.keys)}; ${count(backup.expiring)} expire by themselves`,
    },
    { label: 'Volume', value: copy.volume },
  ]);
  return { facts, backup, copy };
}

function noBackup(
  store: string,
  directory: string,
  { backup, disasterAt }: RestoreRedisInput,
  found: { backup: RedisBackup; problem?: string }[],
): Refusal {
  const [first] = found;
  if (backup !== undefined && first?.problem !== undefined)
    return { code: 'DR-BACKUP-CORRUPT', message: first.problem, next: 'Choose another backup.' };
  const wanted = backup ?? (disasterAt === undefined ? '' : `from before ${disasterAt}`);
  const why = found.map((one) => `${one.backup.label}: ${one.problem ?? ''}`).slice(0, 5);
  return {
    code: 'DR-NO-BACKUP',
    message: [`store ${store} has no whole backup ${wanted}`.trim() + ` in ${directory}`, ...why].join('; '),
    next: `Look into ${directory}, name one that is there; without one the store can only begin empty.`,
  };
}

export const describe = (facts: StoreFacts): string =>
  facts.answered ? `it answers, and holds ${count(facts.keys)} keys` : `it does not answer: ${facts.problem ?? ''}`;
