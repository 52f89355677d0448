/**
 * Database failover: the primary is lost, a standby takes its place. The old primary is stopped for good and that is proven
 * before anything is promoted; what it had acknowledged is taken over from its volume. The policy of the plan answers the
 * gate where nothing is in doubt; where the loss, the fence or the primary's death is in doubt, a person does.
 */
import { failoverInputSchema } from './contracts/failover';
import { databaseResource, recoveryLock } from './contracts/names';
import type { Report } from './contracts/run-view';
import { failoverBody } from './failover/body';
import { runProcedure } from './kernel/procedure';

/**
 * The procedure `databaseFailover`. @param input one JSON object: see `failoverInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function databaseFailover(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'databaseFailover',
      schema: failoverInputSchema,
      describe: ({ database, reason, by, to }) => {
        const resource = databaseResource(database);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'failover',
          summary: `failover of ${resource}${to ? ` to ${to}` : ''}: ${reason} (${by})`,
        };
      },
      body: failoverBody,
    },
    input,
  );
}
