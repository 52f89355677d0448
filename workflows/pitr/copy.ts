/** Mode copy: stop at the inspectable copy; a keeper of its own removes it when its time is over. */
import { controlQueue, databaseResource, readingLock } from '../contracts/names';
import type { Finished } from '../kernel/procedure';
import type { Run } from '../kernel/run';
import type { Recovery } from './context';
import type { Prepared } from './restore';

/** Starts the keeper, tells how to read the copy, and ends: from here the copy is the keeper's to remove. */
export async function handOverCopy(run: Run, recovery: Recovery, prepared: Prepared): Promise<Finished> {
  const { at, key } = recovery;
  const until = new Date(Date.now() + at.database.copyRetention).toISOString();
  const workflowId = `${readingLock('keep', databaseResource(at.database.name))}.${key}`;
  run.phase('Hand over');
  await run.child('Start the keeper of the copy', {
    procedure: 'keepCopy',
    workflowId,
    taskQueue: controlQueue,
    input: { database: at.database.name, key, until },
  });
  run.pointOfNoReturn('the copy is handed over; its keeper removes it');
  const read = `docker exec -u postgres ${prepared.copy.container} psql ${at.database.database}`;
  run.facts('Hand over', [
    { label: 'Read it with', value: read },
    { label: 'Kept until', value: until },
    { label: 'Remove it now with', value: `./dr abort ${workflowId} --reason "WHY"` },
  ]);
  return {
    verdict: 'copied',
    result: { copy: prepared.copy, inspection: prepared.inspection, until, keeper: workflowId, read },
  };
}
