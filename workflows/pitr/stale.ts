/** Whether the newest backup is older than the plan allows. Pure. */
import type { Database } from '../../plan';
import type { BackupFacts, DatabaseFacts } from '../contracts/recovery';
import { duration } from '../contracts/words';

/** How old the newest backup is, beside what the plan allows. */
export interface BackupAge {
  stale: boolean;
  says: string;
}

/**
 * Judges the newest good backup: the one that a recovery to the latest moment begins from.
 * @param damaged the server: its clock judges; where it does not answer, `now` does
 * @param now milliseconds since 1970
 * @returns undefined when there is none, which is another fault
 */
export function ageOf(
  { name, backup: { maxAge } }: Database,
  newest: BackupFacts | undefined,
  damaged: Pick<DatabaseFacts, 'answered' | 'now'>,
  now: number,
): BackupAge | undefined {
  if (!newest) return undefined;
  const age = (damaged.answered ? Date.parse(damaged.now) : now) - Date.parse(newest.stoppedAt);
  const says = `the newest backup of ${name}, ${newest.label}, ended at ${newest.stoppedAt}, ${duration(age)} ago; the plan allows ${duration(maxAge)}`;
  return { stale: age > maxAge, says };
}
