/**
 * Holds the lock of a database that is served away from home. Whatever would change the database takes that lock, so nothing
 * promotes a server of the lost site, or restarts it, behind the back of the one that serves: neither a guard nor a person can.
 */
import { condition, setHandler } from '@temporalio/workflow';
import { releaseSignal, wordSchema, type WordMessage } from './contracts/messages';
import { databaseResource, recoveryLock } from './contracts/names';
import { parseOutside } from './contracts/outside';
import type { Report } from './contracts/run-view';
import { holdDatabaseInputSchema } from './contracts/site';
import { runProcedure } from './kernel/procedure';

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
      describe: ({ database, site, planHash }) => ({
        resource: databaseResource(database),
        lock: recoveryLock(databaseResource(database)),
        mode: 'hold',
        summary: `database ${database} is served at site ${site}: its lock is held so that nothing changes it elsewhere`,
        ...(planHash ? { planHash } : {}),
      }),
      body: async (run, { database, site }) => {
        setHandler(
          releaseSignal,
          (raw) => {
            const parsed = parseOutside(wordSchema, raw, 'message "release"');
            if (parsed.ok) released = parsed.value;
            else run.record.note('refused', `signal "release" refused: ${parsed.faults.join('; ')}`);
          },
          { description: 'Let the lock go: {"by","reason"}' },
        );
        run.phase('Hold');
        run.task({
          text: `Database ${database} is served at site ${site}. This run keeps every other one off it; it ends when the database is at home again.`,
          commands: [],
        });
        await condition(() => released !== undefined);
        run.task(undefined);
        run.note(`let go by ${released?.by ?? ''}: ${released?.reason ?? ''}`);
        return { verdict: 'none', result: { database, site } };
      },
    },
    input,
  );
}
