import { databaseResource, readingLock, recoveryLock } from '../../workflows/contracts/names';
import { describeTarget, pitrInputSchema } from '../../workflows/contracts/pitr';
import { checkNames } from '../lib/against-plan';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import { targetOf, targetOptionOf } from '../lib/target';
import { recoverFields as fields } from './recover';

const argument = 'Argument <name>';

/**
 * `dr recover database`: starts a point-in-time recovery, a check or a copy, and follows it.
 * @returns the exit code that says how it stands
 * @throws Fault naming every wrong value at once, before anything is started
 */
export async function recoverDatabase(
  context: Context,
  database: string,
  options: Record<string, unknown>,
): Promise<number> {
  const faults: string[] = [];
  // A missing target has its own sentence; the rest is still checked.
  const target = targetOf(options, faults) ?? { kind: 'latest' };
  const names = { ...targetOptionOf, database: argument };
  const input = inputOf(pitrInputSchema, { options, fields, rest: { database, target }, names }, faults);
  const following = followOptions(options, faults);
  await checkNames({ argument, database, options, fields }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, 'recover database');
  const resource = databaseResource(input.database);
  return startAndFollow(
    context,
    {
      procedure: 'pointInTimeRecovery',
      workflowId: input.mode === 'recover' ? recoveryLock(resource) : readingLock(input.mode, resource),
      resource,
      summary: `${input.mode} ${resource}: ${describeTarget(input.target)}`,
      input,
    },
    { detach: options['detach'] === true, ...following },
  );
}
