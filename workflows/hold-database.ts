/**
 * Holds the lock of a database that is served away from home. Whatever would change the database takes that lock, so nothing
 * promotes a server of the lost site, or restarts it, behind the back of the one that serves: neither a guard nor a person can. A site
 * that could not be stopped is waited for, and stopped when it comes back.
 */
import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import {
  askHoldSchema,
  askHoldSignal,
  holdsSignal,
  releaseSignal,
  servedSignal,
  wordSchema,
  type WordMessage,
} from './contracts/messages';
import { databaseResource, recoveryLock } from './contracts/names';
import { parseOutside } from './contracts/outside';
import type { Report } from './contracts/run-view';
import { holdDatabaseInputSchema } from './contracts/site';
import { runProcedure } from './kernel/procedure';
import { stopWhenBack } from './site/returned';

/**
 * The procedure `holdDatabase`, started by a site failover. @param input one JSON object: see `holdDatabaseInputSchema`
 * @returns the report once it was let go by the signal `release`; an abort lets it go, too
 */
export async function holdDatabase(input: unknown): Promise<Report> {
  let released: WordMessage | undefined;
  return runProcedure(
    {
      name: 'holdDatabase',
      schema: holdDatabaseInputSchema,
      describe: ({ database, site }) => ({
        resource: databaseResource(database),
        lock: recoveryLock(databaseResource(database)),
        mode: 'hold',
        summary: `database ${database} is served at site ${site}: its lock is held so that nothing changes it elsewhere`,
      }),
      body: async (run, { database, site }, plan) => {
        let homeStopped: boolean | undefined;
        let watched = false;
        setHandler(servedSignal, (word) => void (homeStopped = word.homeStopped), {
          description: 'Between runs: the database is the primary elsewhere',
        });
        setHandler(
          releaseSignal,
          (raw) => {
            const parsed = parseOutside(wordSchema, raw, 'message "release"');
            if (parsed.ok) released = parsed.value;
            else run.record.note('refused', `signal "release" refused: ${parsed.faults.join('; ')}`);
          },
          { description: 'Let the lock go: {"by","reason"}' },
        );
        setHandler(
          askHoldSignal,
          (raw) => {
            const asked = parseOutside(askHoldSchema, raw, 'message "askHold"');
            if (!asked.ok) return;
            const asker = getExternalWorkflowHandle(asked.value.workflowId, asked.value.runId);
            const settled = homeStopped !== false || watched;
            // Whoever has asked may be over: then nobody hears it.
            void CancellationScope.nonCancellable(() => asker.signal(holdsSignal, { database, site, settled })).catch(
              () => undefined,
            );
          },
          { description: 'Between runs: whether the database is held for another site' },
        );
        run.phase('Hold');
        run.task({
          text: `Database ${database} is served at site ${site}. This run keeps every other one off it; it ends when the database is at home again.`,
          commands: ['./dr site failback --reason "WHY"'],
        });
        await condition(() => released !== undefined || homeStopped !== undefined);
        if (homeStopped === false && !released) {
          const watch = new CancellationScope();
          const watching = watch.run(() => stopWhenBack(run, database, plan));
          const over = watching.catch((error: unknown) => {
            if (!isCancellation(error)) throw error;
          });
          await Promise.race([condition(() => released !== undefined), over]);
          if (released) watch.cancel();
          await over;
          watched = true;
        }
        await condition(() => released !== undefined);
        run.task(undefined);
        run.note(`let go by ${released?.by ?? ''}: ${released?.reason ?? ''}`);
        return { verdict: 'none', result: { database, site } };
      },
    },
    input,
  );
}
