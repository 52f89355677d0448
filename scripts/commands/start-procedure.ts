import {
  failoverInputSchema,
  reprotectInputSchema,
  restartInputSchema,
  switchoverInputSchema,
} from '../../workflows/contracts/failover';
import { databaseResource, recoveryLock } from '../../workflows/contracts/names';
import { checkNames } from '../lib/against-plan';
import type { Context } from '../lib/context';
import { inputFault } from '../lib/fault';
import { typedFor } from '../lib/fields';
import { inputOf } from '../lib/input';
import { followOptions } from '../lib/options';
import { startAndFollow } from '../lib/start';
import { fieldsOf, type ProcedureCommand } from './procedures';

const schemas = {
  databaseFailover: failoverInputSchema,
  databaseSwitchover: switchoverInputSchema,
  reprotectDatabase: reprotectInputSchema,
  databaseRestart: restartInputSchema,
};

const argument = 'Argument <database>';

/** Starts the procedure of a command and follows it. They all change the database, so they all take its one lock. */
export async function startProcedure(
  context: Context,
  about: ProcedureCommand,
  database: string,
  options: Record<string, unknown>,
): Promise<number> {
  const { name, procedure } = about;
  const fields = fieldsOf(about);
  const faults: string[] = [];
  const given = { options, fields, rest: { database }, names: { database: argument } };
  const input = inputOf(schemas[procedure], given, faults);
  const following = followOptions(options, faults);
  await checkNames({ argument, database, options, fields }, faults);
  if (faults.length > 0 || !input) throw inputFault(faults, name);
  const resource = databaseResource(input.database);
  const member = fields.find((one) => one.kind === 'member');
  const named = member && typedFor(member, options);
  return startAndFollow(
    context,
    {
      procedure,
      workflowId: recoveryLock(resource),
      resource,
      summary: [name, resource, ...(named === undefined ? [] : [member?.name, named])].join(' '),
      input,
    },
    { detach: options['detach'] === true, ...following },
  );
}
