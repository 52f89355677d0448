import type { z } from 'zod';
import { backupDatabaseInputSchema, restoreTestInputSchema } from '../../workflows/contracts/backup';
import {
  backupCertificatesInputSchema,
  backupConfigurationInputSchema,
  restoreCertificatesInputSchema,
  restoreConfigurationInputSchema,
} from '../../workflows/contracts/bundle';
import { recoveryTestInputSchema, scenarioTestInputSchema } from '../../workflows/contracts/drill';
import {
  backupLock,
  certificatesResource,
  configurationResource,
  databaseResource,
  recoveryLock,
  serviceResource,
  storeResource,
  testLock,
} from '../../workflows/contracts/names';
import { relieveResourcesInputSchema, resourcesResource } from '../../workflows/contracts/resources';
import { serviceRecoveryInputSchema } from '../../workflows/contracts/service';
import { siteFailbackInputSchema, siteFailoverInputSchema } from '../../workflows/contracts/site';
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

const system = { resource: () => systemResource } as const;
const resources = { resource: () => resourcesResource } as const;
const configuration = { resource: configurationResource } as const;
const certificates = { resource: certificatesResource } as const;

const procedures = {
  serviceRecovery: { ...service, schema: serviceRecoveryInputSchema, lock: recoveryLock },
  restoreRedis: { ...store, schema: restoreRedisInputSchema, lock: recoveryLock },
  siteFailover: { ...system, schema: siteFailoverInputSchema, lock: recoveryLock },
  siteFailback: { ...system, schema: siteFailbackInputSchema, lock: recoveryLock },
  fullSystemRecovery: { ...system, schema: fullSystemRecoveryInputSchema, lock: recoveryLock },
  relieveResources: { ...resources, schema: relieveResourcesInputSchema, lock: recoveryLock },
  backupDatabase: { ...database, schema: backupDatabaseInputSchema, lock: backupLock },
  restoreTest: { ...database, schema: restoreTestInputSchema, lock: testLock },
  monthlyRecoveryTest: { ...system, schema: recoveryTestInputSchema, lock: testLock },
  quarterlyRecoveryTest: { ...system, schema: recoveryTestInputSchema, lock: testLock },
  // Not only what the plan lists as scenarios: the run knows what can be rehearsed.
  scenarioTest: { field: 'scenario', ...system, schema: scenarioTestInputSchema, lock: testLock },
  backupRedis: { ...store, schema: backupRedisInputSchema, lock: backupLock },
  restoreConfiguration: { ...configuration, schema: restoreConfigurationInputSchema, lock: recoveryLock },
  backupConfiguration: { ...configuration, schema: backupConfigurationInputSchema, lock: backupLock },
  restoreCertificates: { ...certificates, schema: restoreCertificatesInputSchema, lock: recoveryLock },
  backupCertificates: { ...certificates, schema: backupCertificatesInputSchema, lock: backupLock },
};

/** Procedures that these commands start. */
export type StartedOn = keyof typeof procedures;

const argument = 'Argument <name>';

/**
 * Starts a procedure on a service, a store, the files or all of the plan, and follows it.
 * @param name of the service or store; where there is one thing only it is not asked for
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
  const started = procedures[procedure];
  const { schema, resource: resourceOf, lock } = started;
  const faults: string[] = [];
  const of = 'field' in started ? started : undefined;
  const named = of ? { rest: { [of.field]: name }, names: { [of.field]: argument } } : { rest: {}, names: {} };
  const input = inputOf<z.ZodType<{ by: string; reason: string }>>(schema, { options, fields, ...named }, faults);
  const following = followOptions(options, faults);
  if (of && 'list' in of) await checkListed({ argument, name, list: of.list }, faults);
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
