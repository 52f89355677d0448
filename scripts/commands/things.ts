/** Commands that each start one procedure on a service, a store, the files or the whole platform, as data. What they do is in start-on.ts, loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart } from '../lib/plain';
import { bundleCommands, isNameless } from './bundles';
import type { StartedOn } from './start-on';

export interface ThingCommand {
  /** Both words of it: `recover service`. */
  command: string;
  procedure: StartedOn;
  description: string;
  fields: Field[];
  /** What a person should know before. */
  mind: string;
  examples: string[];
  /** Workflow id and input of the plain line in the help. */
  plain: { id: string; input: Record<string, string> };
}

const who = { reason: 'WHY', by: 'YOUR ROLE' };
const disasterAt = (what: string): Field => ({
  flags: '--disaster-at <time>',
  says: `when the ${what} was lost, if known, e.g. 2026-11-22T17:29:24Z`,
  name: 'disasterAt',
  kind: 'time',
});

const despiteBlackout: Field = {
  flags: '--despite-blackout <why>',
  says: 'begin although a window of the plan (drills.blackouts) forbids it now; the reason is on record',
  name: 'despiteBlackout',
};

const recoverService: ThingCommand = {
  command: 'recover service',
  procedure: 'serviceRecovery',
  description: 'restart a service that is down, or make it anew',
  fields: [
    {
      flags: '--first <measure>',
      says: 'measure to begin with, restart or recreate (default: the gentlest that can help)',
      name: 'first',
    },
    {
      flags: '--ask',
      says: 'a person decides about every measure, even where the plan allows it',
      name: 'policyMayAnswer',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--healthy-within <duration>',
      says: "time a measure is given to help, e.g. 30s (default: the health check's start period)",
      name: 'healthyWithinMs',
      kind: 'duration',
    },
    disasterAt('service'),
    planHash,
    approvalTimeout,
  ],
  mind: 'What the service depends on is asked first. The plan answers for the measures a service allows by itself (`automatic`) while it\nserves nobody; else, and with --ask, the run waits for `dr approve`.',
  examples: [
    'dr recover service order-service --reason "orders are refused"',
    'dr recover service menu-service --first recreate --reason "after a change of its image"',
  ],
  plain: { id: 'recover.service.order-service', input: { service: 'order-service', ...who } },
};

const recoverStore: ThingCommand = {
  command: 'recover store',
  procedure: 'restoreRedis',
  description: 'restore a store from a backup, beside the one that may still serve',
  fields: [
    {
      flags: '--backup <label>',
      says: 'backup to restore, e.g. 20261122T172924Z-1ea3d016 (default: the newest that is whole)',
      name: 'backup',
    },
    disasterAt('data'),
    planHash,
    approvalTimeout,
  ],
  mind: 'The copy is started from and counted before anybody is asked. The policy answers only where the store holds nothing or its volume is\ngone; else the run waits for `dr approve`. The volume the store has now is kept.',
  examples: ['dr recover store redis --reason "sessions were flushed by mistake"'],
  plain: { id: 'recover.store.redis', input: { store: 'redis', ...who } },
};

const backupStore: ThingCommand = {
  command: 'backup store',
  procedure: 'backupRedis',
  description: 'back up a store: a snapshot that is begun now, checked, and kept with its checksum',
  fields: [planHash],
  mind: 'Nothing is interrupted and no older backup is removed.',
  examples: ['dr backup store redis --reason "before the update"'],
  plain: { id: 'backup.store.redis', input: { store: 'redis', ...who } },
};

const backupDatabase: ThingCommand = {
  command: 'backup database',
  procedure: 'backupDatabase',
  description: 'back up a database by pgBackRest while it serves, and read the backup back',
  fields: [
    {
      flags: '--kind <kind>',
      says: 'full, differential (since the last full one) or incremental (since the last one)',
      name: 'kind',
      default: 'incremental',
    },
    {
      flags: '--expire',
      says: 'afterwards remove what the retention of the plan does not keep',
      name: 'expire',
      kind: 'switch',
      sets: true,
    },
    planHash,
  ],
  mind: 'Refused where WAL does not reach the archive: a backup needs its own. Without --expire no older backup is removed.',
  examples: ['dr backup database shandi --kind incremental --reason "before the migration"'],
  plain: { id: 'backup.database.shandi', input: { database: 'shandi', kind: 'incremental', ...who } },
};

const testRestore: ThingCommand = {
  command: 'test restore',
  procedure: 'restoreTest',
  description: 'restore the newest backup of a database to an isolated copy, inspect it, judge it and remove it',
  fields: [
    {
      flags: '--point <point>',
      says: 'latest, or random: a moment that the archive covers since the newest backup',
      name: 'point',
      default: 'random',
    },
    despiteBlackout,
    planHash,
  ],
  mind: 'Nothing that serves is changed, but for a heartbeat row, a restore point and a WAL switch where the newest WAL is needed. Nobody is asked.',
  examples: ['dr test restore shandi --reason "after the move of the repository"'],
  plain: { id: 'test.database.shandi', input: { database: 'shandi', ...who } },
};

const testMonthly: ThingCommand = {
  command: 'test monthly',
  procedure: 'monthlyRecoveryTest',
  description:
    "the plan's monthly test: restore the backups; on an isolated copy of the platform plant faults that must be found, lose a service and a table",
  fields: [despiteBlackout, planHash],
  mind: 'The copy is made by the plan (drills), must prove that it cannot reach what serves before anything of it is damaged, and is removed.\nNobody is asked, and nothing that serves is changed.',
  examples: ['dr test monthly --reason "after the new release"'],
  plain: { id: 'test.system', input: who },
};

const testQuarterly: ThingCommand = {
  command: 'test quarterly',
  procedure: 'quarterlyRecoveryTest',
  description:
    "the plan's quarterly test: the monthly one, then all of the copy is lost; people are told, and acknowledge",
  fields: [despiteBlackout, planHash],
  mind: 'As `dr test monthly`. Beside it the emergency contacts get a test message by every channel, and the on-call chain is called until\nsomebody acknowledges: `dr acknowledge oncall.test-<date>`.',
  examples: ['dr test quarterly --reason "before the season"'],
  plain: { id: 'test.system', input: who },
};

const testScenario: ThingCommand = {
  command: 'test scenario',
  procedure: 'scenarioTest',
  description:
    'one scenario of the plan on an isolated copy of the platform: what it breaks is broken, and has to be mended',
  fields: [despiteBlackout, planHash],
  mind: 'Besides the scenarios of the plan there are service-failure and database-failure. One that a copy cannot show is refused, and says why.\nNobody is asked, and nothing that serves is changed.',
  examples: ['dr test scenario database-failure --reason "after the update of PostgreSQL"'],
  plain: { id: 'test.system', input: { scenario: 'service-failure', ...who } },
};

export const recoverSystem: ThingCommand = {
  command: 'recover system',
  procedure: 'fullSystemRecovery',
  description: 'bring everything back: the data, then the critical services, then the rest',
  fields: [
    {
      flags: '--ask',
      says: 'a person decides before anything is started, too',
      name: 'policyMayAnswer',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--no-validate',
      says: 'place no business transactions and run no tests',
      name: 'validate',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--no-protect',
      says: 'leave the standbys as they are; the report names the exposure',
      name: 'protect',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--quiet',
      says: 'tell nobody: no messages, no status page, no checklist',
      name: 'tell',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--incident <name>',
      says: 'name of the incident that people are told of (default: made of the run)',
      name: 'incident',
    },
    {
      flags: '--reduced <mode>',
      says: 'meanwhile: maintenance keeps every client out until the critical services are proven, critical-only leaves those open until the rest is',
      name: 'reduced',
    },
    disasterAt('system'),
    planHash,
    approvalTimeout,
  ],
  mind: 'What works is not touched. Whatever takes data back (a failover, a recovery from backups) is a run of its own, and asks at its own gate;\n`dr show system` names it. With --until person the command returns there, too.',
  examples: ['dr recover system --reason "power failure in the data centre"'],
  plain: { id: 'recover.system', input: { ...who } },
};

const siteFailover: ThingCommand = {
  command: 'site failover',
  procedure: 'siteFailover',
  description: 'a site is lost: serve from another one',
  fields: [
    { flags: '--site <name>', says: 'site that takes over, e.g. backup', name: 'site', default: 'backup' },
    {
      flags: '--no-validate',
      says: 'place no business transactions and run no tests',
      name: 'validate',
      kind: 'switch',
      sets: false,
    },
    disasterAt('site'),
    planHash,
    approvalTimeout,
  ],
  mind: 'A person decides: the run waits for `dr approve`. What of the lost site can be reached is stopped for good; where it cannot be proven\nthat its database takes no writes, a second gate asks somebody to take that risk by name.',
  examples: ['dr site failover --site backup --reason "power failure in the data centre"'],
  plain: { id: 'recover.system', input: { site: 'backup', ...who } },
};

const siteFailback: ThingCommand = {
  command: 'site failback',
  procedure: 'siteFailback',
  description: 'bring the platform home to the primary site, without loss',
  fields: [
    {
      flags: '--no-validate',
      says: 'place no business transactions and run no tests',
      name: 'validate',
      kind: 'switch',
      sets: false,
    },
    {
      flags: '--fresh',
      says: 'copy the whole database home instead of rewinding what is there; the old volume is kept',
      name: 'fresh',
      kind: 'switch',
      sets: true,
    },
    {
      flags: '--stall-budget <duration>',
      says: 'longest time the clients may be held, e.g. 2s (default: the plan)',
      name: 'stallBudgetMs',
      kind: 'duration',
    },
    planHash,
    approvalTimeout,
  ],
  mind: 'The site that serves goes on until a person approves the card; until the database is promoted at home every step is undone on an abort.\nWhat cannot be done within the stall budget is undone, too.',
  examples: ['dr site failback --reason "the data centre works again"'],
  plain: { id: 'recover.system', input: { ...who } },
};

/** Adds those of them that begin with the name of `parent`. */
export function addThings(parent: Command): Command {
  for (const about of [
    recoverService,
    recoverStore,
    recoverSystem,
    backupStore,
    backupDatabase,
    testRestore,
    testMonthly,
    testQuarterly,
    testScenario,
    siteFailover,
    siteFailback,
    ...bundleCommands,
  ]) {
    const [first, second = ''] = about.command.split(' ');
    if (first === parent.name()) add(parent, about, second);
  }
  return parent;
}

/** `backup store`. */
export const backupCommand = (): Command =>
  addThings(new Command('backup').description('back up a database, a store, the configuration or the certificates'));

/** `test restore`. */
export const testCommand = (): Command =>
  addThings(new Command('test').description('prove that what is kept can be used'));

/** `site failover`, `site failback`. */
export const siteCommand = (): Command =>
  addThings(new Command('site').description('serve from another site when one is lost, and come home'));

function add(parent: Command, about: ThingCommand, word: string): void {
  const command = parent.command(isNameless(about) ? word : `${word} <name>`).description(about.description);
  addFollow(addWho(addDetach(addFields(command, about.fields)))).addHelpText(
    'after',
    `
${about.mind}

${about.examples.map((one) => `Example: ${one}`).join('\n')}
plain temporal: ${plainStart(about.plain.id, 'dr-control', about.procedure, about.plain.input)}
${startExits}`,
  );
  act(command, async (context, [name], options) =>
    (await import('./start-on.js')).startOn(context, about, name ?? '', options),
  );
}
