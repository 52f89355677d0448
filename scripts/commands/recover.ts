import { Command } from 'commander';
import { act } from '../lib/act';
import { addFollow, addWho } from '../lib/options';
import { addTarget } from '../lib/target';

/** `recover database <name>`: starts a point-in-time recovery. What it does is in recover-database.ts, loaded when needed. */
export function recoverCommand(): Command {
  const command = new Command('recover').description('recover something to an earlier state');
  const database = addTarget(
    command.command('database <name>').description('recover a database of the plan to a point in time'),
  )
    .option(
      '--mode <mode>',
      'recover: the whole procedure; check: pre-flight only; copy: stop at an inspectable copy',
      'recover',
    )
    .option('--backup <label>', 'backup to start from, e.g. 20261122-170000F (default: the newest that fits)')
    .option('--timeline <number>', 'timeline of the target (default: the one the database is on)')
    .option('--disaster-at <time>', 'when the damage happened, if known; for the report')
    .option('--plan-hash <sha256>', 'refuse to run under any other plan')
    .option('--approval-timeout <duration>', 'how long the gate stays open, e.g. 30m (default: the plan)')
    .option('--no-full-backup', 'take no full backup afterwards; the report names the exposure')
    .option('--no-standbys', 'do not rebuild the standbys afterwards')
    .option('--detach', 'start it and return at once');
  addFollow(addWho(database)).addHelpText(
    'after',
    `
An approval is never implied: the run stops at its gate until someone answers with \`dr approve\`.

Example: dr recover database shandi --to-time 2026-11-22T17:29:24Z --reason "orders table dropped by a migration"
Example: dr recover database shandi --to-xid 48213 --before --mode check --reason "can we get it back?"
plain temporal: temporal workflow start --type pointInTimeRecovery --task-queue dr-control -w recover.database.shandi --id-conflict-policy Fail --input '{"database":"shandi","target":{"kind":"time","time":"2026-11-22T17:29:24Z"},"reason":"WHY","by":"YOUR ROLE"}'
Exit code: 0 met, 2 bad value, 3 refused, 4 objective missed, 5 at a gate, 6 held, 7 failed or undone, 8 no control plane, 9 locked, 10 still at work.`,
  );
  act(database, async (context, [name], options) =>
    (await import('./recover-database.js')).recoverDatabase(context, name ?? '', options),
  );
  return command;
}
