import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, noFullBackup, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart } from '../lib/plain';
import { addTarget } from '../lib/target';

/** Options of `recover database` beside the target. */
export const recoverFields: Field[] = [
  {
    flags: '--mode <mode>',
    says: 'recover: the whole procedure; check: pre-flight only; copy: stop at an inspectable copy',
    name: 'mode',
    default: 'recover',
  },
  {
    flags: '--backup <label>',
    says: 'backup to start from, e.g. 20261122-170000F (default: the newest that fits)',
    name: 'backup',
  },
  {
    flags: '--timeline <number>',
    says: 'timeline of the target (default: the one the database is on)',
    name: 'timeline',
    kind: 'number',
  },
  { flags: '--disaster-at <time>', says: 'when the damage happened, if known; for the report', name: 'disasterAt' },
  planHash,
  approvalTimeout,
  noFullBackup,
  {
    flags: '--no-standbys',
    says: 'do not rebuild the standbys afterwards',
    name: 'rebuildStandbys',
    kind: 'switch',
    sets: false,
  },
];

/** Options of `recover service`. */
export const serviceFields: Field[] = [
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
  {
    flags: '--disaster-at <time>',
    says: 'when the service was lost, if known, e.g. 2026-11-22T17:29:24Z',
    name: 'disasterAt',
    kind: 'time',
  },
  planHash,
  approvalTimeout,
];

/** `recover database` and `recover service`. What they do is in files of their own, loaded when needed. */
export function recoverCommand(): Command {
  const command = new Command('recover').description('recover something to an earlier state');
  const database = addTarget(
    command.command('database <name>').description('recover a database of the plan to a point in time'),
  );
  addFollow(addWho(addDetach(addFields(database, recoverFields)))).addHelpText(
    'after',
    `
An approval is never implied: the run stops at its gate until someone answers with \`dr approve\`.

Example: dr recover database shandi --to-time 2026-11-22T17:29:24Z --reason "orders table dropped by a migration"
Example: dr recover database shandi --to-xid 48213 --before --mode check --reason "can we get it back?"
plain temporal: temporal workflow start --type pointInTimeRecovery --task-queue dr-control -w recover.database.shandi --id-conflict-policy Fail --input '{"database":"shandi","target":{"kind":"time","time":"2026-11-22T17:29:24Z"},"reason":"WHY","by":"YOUR ROLE"}'
${startExits}`,
  );
  act(database, async (context, [name], options) =>
    (await import('./recover-database.js')).recoverDatabase(context, name ?? '', options),
  );
  const service = command.command('service <name>').description('restart a service that is down, or make it anew');
  addFollow(addWho(addDetach(addFields(service, serviceFields)))).addHelpText(
    'after',
    `
What the service depends on is asked first. The plan answers for the measures a service allows by itself (\`automatic\`) while it
serves nobody; else, and with --ask, the run waits for \`dr approve\`.

Example: dr recover service order-service --reason "orders are refused"
Example: dr recover service menu-service --first recreate --reason "after a change of its image"
plain temporal: ${plainStart('recover.service.order-service', 'dr-control', 'serviceRecovery', {
      service: 'order-service',
      reason: 'WHY',
      by: 'YOUR ROLE',
    })}
${startExits}`,
  );
  act(service, async (context, [name], options) =>
    (await import('./recover-service.js')).recoverService(context, name ?? '', options),
  );
  return command;
}
