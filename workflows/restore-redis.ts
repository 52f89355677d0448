/**
 * Restores a store of kind redis: a backup is restored into a volume of its own and proven there, beside the store that may
 * still serve; then the store is given that volume. What it had is kept.
 */
import type { Plan } from '../plan';
import { recoveryLock, storeResource } from './contracts/names';
import type { Report } from './contracts/run-view';
import { restoreRedisInputSchema, type RestoreRedisInput } from './contracts/store';
import { runProcedure, type Finished } from './kernel/procedure';
import type { Run } from './kernel/run';
import { storeContext } from './store/context';
import { cutOver } from './store/cut-over';
import { prepare } from './store/prepare';

/**
 * The procedure `restoreRedis`. @param input one JSON object: see `restoreRedisInputSchema`
 * @returns the report; fails with a code when it was refused, rejected, expired or aborted
 */
export async function restoreRedis(input: unknown): Promise<Report> {
  return runProcedure(
    {
      name: 'restoreRedis',
      schema: restoreRedisInputSchema,
      describe: ({ store, reason, by }) => {
        const resource = storeResource(store);
        return {
          resource,
          lock: recoveryLock(resource),
          mode: 'restore',
          summary: `restore of ${resource}: ${reason} (${by})`,
        };
      },
      body,
    },
    input,
  );
}

async function body(run: Run, input: RestoreRedisInput, plan: Plan): Promise<Finished> {
  const context = storeContext(run, input.store, plan);
  run.judgeBy(context.tier);
  if (input.disasterAt !== undefined) run.disaster(input.disasterAt);
  const prepared = await prepare(run, context, input);
  const moved = await cutOver(run, context, input, prepared);
  return {
    verdict: 'judge',
    result: { backup: prepared.backup, restored: prepared.copy, keys: moved.keys, kept: moved.kept ?? null },
  };
}
