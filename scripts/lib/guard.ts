/** What the commands that deal with a guard share. */
import type { z } from 'zod';
import { databaseResource, guardLock } from '../../workflows/contracts/names';
import { checkNames } from './against-plan';
import { Fault, inputFault } from './fault';
import type { Field } from './fields';
import { inputOf } from './input';

/** Workflow id of the guard of a database. */
export const guardOf = (database: string): string => guardLock(databaseResource(database));

/**
 * A message to the guard of a database, from the command line. It goes to a guard that runs already, so a plan that cannot
 * be read does not stand in its way.
 * @throws Fault naming every wrong value
 */
export async function messageOf<S extends z.ZodType>(
  command: string,
  schema: S,
  database: string,
  options: Record<string, unknown>,
  fields: readonly Field[] = [],
): Promise<z.output<S>> {
  const faults: string[] = [];
  const message = inputOf(schema, { options, fields, rest: {}, names: {} }, faults);
  await checkNames({ argument: 'Argument <database>', database, options, fields }, faults, true);
  if (faults.length > 0 || message === undefined) throw inputFault(faults, command);
  return message;
}

/** The refusal for a database that nobody guards. @param so what follows from it for the command */
export const noGuard = (database: string, so: string): Fault =>
  new Fault(
    'refused',
    `No guard of database ${database} is under way: ${so}.`,
    `Start one with \`./dr guard ${database}\`.`,
  );
