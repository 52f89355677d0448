/** Names on the command line against the plan of this checkout: a help, not the judge. A run pins the plan its worker has. */
import { fromRoot } from '../../activities/shared/paths';
import type { Plan } from '../../plan';
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

const unknown = (argument: string, name: string, kind: string, known: string[], path: string): string =>
  `${argument} is "${name}": the plan ${path} has no such ${kind}. Expected ${known.join(' or ')}.`;

const isWrong = (faults: string[], name: string): boolean => faults.some((fault) => fault.startsWith(`${name} is `));

/**
 * Pushes a sentence for a database, and for each server of it, that the plan does not have. A name that is wrong already is
 * left alone.
 * @param lenient a plan that cannot be read stands in nobody's way
 */
export async function checkNames(names: Names, faults: string[], lenient = faults.length > 0): Promise<void> {
  const { argument, database, options, fields } = names;
  if (isWrong(faults, argument)) return;
  const read = await readPlan(lenient);
  if (!read) return;
  const { plan, path } = read;
  const found = plan.databases.find((one) => one.name === database);
  if (!found) {
    const known = plan.databases.map((one) => one.name);
    return void faults.push(unknown(argument, database, 'database', known, path));
  }
  const members = membersOf(found).map((one) => one.service);
  for (const field of fields.filter((one) => one.kind === 'member' && !isWrong(faults, flagOf(one)))) {
    const typed = typedFor(field, options);
    if (typed !== undefined && !members.includes(String(typed)))
      faults.push(
        `${flagOf(field)} is "${String(typed)}": database ${database} of the plan ${path} has no such server. Expected ${members.join(' or ')}.`,
      );
  }
}

/** The same for a service or a store. */
export async function checkListed(
  { argument, name, list }: { argument: string; name: string; list: 'services' | 'stores' | 'databases' },
  faults: string[],
): Promise<void> {
  if (isWrong(faults, argument)) return;
  const read = await readPlan(faults.length > 0);
  const known = read?.plan[list].map((one) => one.name);
  const kind = list.slice(0, -1);
  if (read && known && !known.includes(name)) faults.push(unknown(argument, name, kind, known, read.path));
}

/** The plan of this checkout, with its hash. @throws Fault when it cannot be read, unless `lenient` */
export async function readPlan(lenient: boolean): Promise<{ plan: Plan; path: string; hash: string } | undefined> {
  const { loadPlan, PlanError } = await import('../../plan/index.js');
  const path = fromRoot(process.env['DR_PLAN'] || 'plan/shandi.yaml');
  try {
    const { plan, hash } = await loadPlan(path);
    return { plan, path, hash };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    if (lenient) return undefined;
    throw new Fault('refused', error.message, 'Mend every fault it names; `./dr plan check` looks again.');
  }
}
