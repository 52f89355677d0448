/** Keeps an inspectable copy until its time is over, or until someone aborts this run; then removes it. */
import { sleep } from '@temporalio/workflow';
import { z } from 'zod';
import { databaseResource, readingLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { runProcedure } from './kernel/procedure';
import { siteActivities } from './kernel/site';

export const keepCopySchema = z.strictObject({
  database: z.string().min(1).describe('database of the plan the copy was made of'),
  key: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .describe('key of the run that made the copy'),
  until: z.iso.datetime().describe('UTC; the copy is removed then'),
});

/**
 * The procedure `keepCopy`. @param input one JSON object: see `keepCopySchema`
 * @returns the report once the copy is gone; one that was aborted has removed the copy as its undo
 */
export async function keepCopy(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'keepCopy',
      schema: keepCopySchema,
      describe: ({ database, key, until }) => ({
        resource: databaseResource(database),
        lock: `${readingLock('keep', databaseResource(database))}.${key}`,
        mode: 'keep',
        summary: `keep the copy ${key} of ${database} until ${until}`,
      }),
      body: async (run, { database: name, key, until }, plan) => {
        const database = plan.databases.find((one) => one.name === name);
        const site = plan.sites.find((one) => one.name === database?.site);
        if (!database || !site) {
          return run.refuse([
            {
              code: 'DR-UNKNOWN-DATABASE',
              message: `the plan no longer has database ${name}`,
              next: `Remove the copy ${key} by hand.`,
            },
          ]);
        }
        const remove = (): Promise<unknown> => siteActivities(site.name).change.removeCopy({ database, site, key });
        run.phase('Keep');
        // An abort or a cancel undoes the keeping: the copy goes at once.
        await run.change('Keep the copy', () => sleep(Math.max(0, Date.parse(until) - Date.now())), {
          undo: { title: 'Remove the copy and its volume', act: remove },
          outcome: () => `until ${until}`,
        });
        run.pointOfNoReturn('its time is over');
        await run.change('Remove the copy and its volume', remove);
        return { verdict: 'none', result: { removed: key } };
      },
    },
    input,
  );
}
