/** Names on the command line against the plan of this checkout: a help, not the judge. A run pins the plan its worker has. */
import { fromRoot } from '../../activities/shared/paths';
import { membersOf } from '../../workflows/contracts/members';
import { Fault } from './fault';
import { flagOf, typedFor, type Field } from './fields';

export interface Names {
  /** How the name of the database is called: `Argument <name>`. */
  argument: string;
  database: string;
  options: Record<string, unknown>;
  fields: readonly Field[];
}

/**
 * Pushes a sentence for a database, and for each server of it, that the plan does not have. A name that is wrong already is
 * left alone.
 * @param lenient a plan that cannot be read stands in nobody's way
 */
export async function checkNames(names: Names, faults: string[], lenient = faults.length > 0): Promise<void> {
  const { argument, database, options, fields } = names;
  const wrong = (name: string): boolean => faults.some((fault) => fault.startsWith(`${name} is `));
  if (wrong(argument)) return;
  const { loadPlan, PlanError } = await import('../../plan/index.js');
  const path = fromRoot(process.env['DR_PLAN'] || 'plan/shandi.yaml');
  try {
    const { databases } = (await loadPlan(path)).plan;
    const found = databases.find((one) => one.name === database);
    if (!found) {
      const known = databases.map((one) => one.name).join(' or ');
      faults.push(`${argument} is "${database}": the plan ${path} has no such database. Expected ${known}.`);
      return;
    }
    const members = membersOf(found).map((one) => one.service);
    for (const field of fields.filter((one) => one.kind === 'member' && !wrong(flagOf(one)))) {
      const typed = typedFor(field, options);
      if (typed !== undefined && !members.includes(String(typed)))
        faults.push(
          `${flagOf(field)} is "${String(typed)}": database ${database} of the plan ${path} has no such server. Expected ${members.join(' or ')}.`,
        );
    }
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    if (!lenient)
      throw new Fault('refused', error.message, 'Mend every fault it names; `./dr plan check` looks again.');
  }
}
