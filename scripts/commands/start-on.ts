import { backupDatabaseInputSchema, restoreTestInputSchema } from '../../workflows/contracts/backup';
import {
  backupLock,
  databaseResource,
  recoveryLock,
  serviceResource,
  storeResource,
  testLock,
} from '../../workflows/contracts/names';
import { serviceRecoveryInputSchema } from '../../workflows/contracts/service';
import { backupRedisInputSchema, restoreRedisInputSchema } from '../../workflows/contracts/store';
import { fullSystemRecoveryInputSchema, systemResource } from '../../workflows/contracts/system';
import { checkListed } from '../lib/against-plan';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import type { ThingCommand } from './things';

const service = { field: 'service', list: 'services', resource: serviceResource } as const;
const database = { field: 'database', list: 'databases', resource: databaseResource } as const;
const store = { field: 'store', list: 'stores', resource: storeResource } as const;

const system = { field: undefined, list: undefined, resource: () => systemResource } as const;

const procedures = {
  serviceRecovery: { ...service, schema: serviceRecoveryInputSchema, lock: recoveryLock },
  restoreRedis: { ...store, schema: restoreRedisInputSchema, lock: recoveryLock },
  fullSystemRecovery: { ...system, schema: fullSystemRecoveryInputSchema, lock: recoveryLock },
  backupDatabase: { ...database, schema: backupDatabaseInputSchema, lock: backupLock },
  restoreTest: { ...database, schema: restoreTestInputSchema, lock: testLock },
  backupRedis: { ...store, schema: backupRedisInputSchema, lock: backupLock },
};

const argument = 'Argument <name>';

/**
 * Starts a procedure on a service, a store or all of the plan, and follows it.
 * @returns the exit code that says how it stands
 * @throws Fault naming every wrong value at once, before anything is started
 */
export async function startOn(
  context: Context,
  about: ThingCommand,
  name: string,
  options: Record<string, unknown>,
): Promise<number> {
  const { procedure, fields } = about;
  const { field, list, schema, resource: resourceOf, lock } = procedures[procedure];
  const faults: string[] = [];
  const named =
    field === undefined ? { rest: {}, names: {} } : { rest: { [field]: name }, names: { [field]: argument } };
  const input = inputOf(schema, { options, fields, ...named }, faults);
  const following = followOptions(options, faults);
  if (list !== undefined) await checkListed({ argument, name, list }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, about.command);
  const resource = resourceOf(name);
  return startAndFollow(
    context,
    {
      procedure,
      workflowId: lock(resource),
      resource,
      summary: `${about.command.split(' ')[0] ?? ''} ${resource}`,
      input,
    },
    { detach: options['detach'] === true, ...following },
  );
}
