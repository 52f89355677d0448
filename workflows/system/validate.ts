/** Phase "Validate": the data is sound, the business works, and those outside find what was acknowledged to them. */
import type { Plan } from '../../plan';
import { drFailure } from '../contracts/errors';
import { withPrimary } from '../contracts/members';
import { databaseResource } from '../contracts/names';
import { duration } from '../contracts/words';
import { siteOf } from '../failover/context';
import type { Run } from '../kernel/run';
import { siteActivities } from '../kernel/site';
import { askWitnesses } from '../steps/ask-witnesses';
import type { SeenDatabase } from './assess';
import type { System } from './context';
import type { Recovered } from './data';

export interface Validation {
  /** Nothing that was asked said no. */
  sound: boolean;
  /** What proved it, in a sentence. */
  says: string;
}

/** Asks everything that can say that the recovery is none. A no holds the run; a person may go on, on record. */
export async function validate(
  run: Run,
  system: System,
  { databases }: { databases: Pick<SeenDatabase, 'cluster'>[] },
  recovered: Recovered[],
): Promise<Validation> {
  const { input, plan } = system;
  const { transactions, commands } = plan.validation;
  run.phase('Validate');
  const verdicts = await Promise.all(databases.map((one) => integrityOf(run, one)));
  if (input.validate) verdicts.push(await placeTransactions(run, system), await runTests(run, system));
  for (const { cluster } of databases) {
    const resource = databaseResource(cluster.home.database.name);
    const ways = recovered.find((one) => one.resource === resource)?.ways ?? [];
    // A run that took data back has asked them itself, for what it owes them.
    if (!ways.includes('failover') && !ways.includes('recover'))
      verdicts.push(await askWitnesses(run, system.on, cluster.home, {}));
  }
  const proven = [
    'clients get every page',
    ...(input.validate && transactions.length > 0 ? ['business transactions were placed'] : []),
    ...(input.validate && commands.length > 0 ? ['the tests of the plan passed'] : []),
  ];
  const omitted = input.validate ? '' : '; business transactions and tests were left out, as the input has it';
  return { sound: verdicts.every(Boolean), says: `${proven.join(', ')}${omitted}` };
}

/** Of the server that is the primary now, whichever that is. */
async function integrityOf(run: Run, { cluster }: Pick<SeenDatabase, 'cluster'>): Promise<boolean> {
  const { home } = cluster;
  const done = await run.optional(
    `Check the integrity of ${home.database.name}`,
    async () => {
      const { primary } = await siteActivities(home.site.name).urgent.readRoles(home);
      const database = withPrimary(home.database, primary);
      const site = siteOf(cluster, database ?? home.database);
      const answers = await siteActivities(site.name).probe.checkIntegrity({
        database: (database as Plan['databases'][number] | undefined) ?? home.database,
        site,
      });
      run.facts(
        `Business queries of ${home.database.name}`,
        answers.map(({ name, value, expected, ok, note }) => ({
          label: name,
          value: `${value ?? 'no answer'}, expected ${expected}${ok ? '' : ': NOT AS EXPECTED'}${note ? ` (${note})` : ''}`,
        })),
      );
      const wrong = answers.filter((one) => !one.ok);
      if (wrong.length > 0)
        throw drFailure(
          'DR-CORRUPT',
          wrong
            .map(({ name, value, expected }) => `${name} is ${value ?? 'without an answer'}, expected ${expected}`)
            .join('; '),
          { next: 'Look at the rows. Where they are wrong, recover the database to a moment before.' },
        );
      return answers;
    },
    (answers) => `${answers.length} business queries answer as expected`,
  );
  return done !== undefined;
}

/** Orders are placed and paid for as a client does it. */
async function placeTransactions(run: Run, { plan, front, key, reduced }: System): Promise<boolean> {
  const { transactions } = plan.validation;
  if (transactions.length === 0) return true;
  const done = await run.optional(
    `Place ${transactions.map((one) => one.name).join(', ')} as a client does`,
    async () => {
      const { gateway } = plan;
      const answers = await siteActivities(front.name).brief.placeTransactions({
        gateway,
        site: front,
        transactions,
        key,
        reduced: reduced?.at.reduced,
      });
      const bad = answers.filter((one) => !one.ok);
      if (bad.length > 0) throw drFailure('DR-SERVICE', bad.map(({ name, says }) => `${name}: ${says}`).join('; '));
      return answers;
    },
    (answers) => answers.map(({ name, says, afterMs }) => `${name}: ${says} after ${duration(afterMs)}`).join('; '),
  );
  return done !== undefined;
}

async function runTests(run: Run, { plan, front }: System): Promise<boolean> {
  let all = true;
  for (const command of plan.validation.commands) {
    const done = await run.optional(
      `Run ${command.name}`,
      async () => {
        const { gateway } = plan;
        const answer = await siteActivities(front.name).change.runTestCommand({ gateway, site: front, command });
        if (answer.evidence) run.evidence(answer.evidence);
        if (!answer.ok) throw drFailure('DR-SERVICE', `${command.name} failed: ${answer.says}`);
        return answer;
      },
      ({ says, afterMs }) => `${says} after ${duration(afterMs)}`,
    );
    all &&= done !== undefined;
  }
  return all;
}
