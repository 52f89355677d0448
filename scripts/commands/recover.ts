import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, noFullBackup, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { addTarget } from '../lib/target';
import { addThings } from './things';

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

/** `recover database`, and beside it what recovers services and stores. What they do is in files of their own, loaded when needed. */
export function recoverCommand(): Command {
  const command = new Command('recover').description('recover a database, a service, a store, files, or everything');
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
  return addThings(command);
}
