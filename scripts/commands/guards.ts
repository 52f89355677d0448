/** `guard`, `freeze`, `unfreeze`: the long-lived run that watches a database, and what it can be told. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { addFields, planHash, type Field } from '../lib/fields';
import { addWho } from '../lib/options';
import { plainStart, plainUpdate } from '../lib/plain';

const lock = 'guard.database.shandi';
const said = { by: 'YOUR ROLE', reason: 'WHY' };
const exits =
  'Exit code: 0 taken, 2 bad value, 3 no guard is under way or it refused (the reason is printed), 8 no control plane or no worker.';

export const guardFields: Field[] = [planHash];

export const freezeFields: Field[] = [
  {
    flags: '--maintenance',
    says: 'also call nobody: no alarm is raised',
    name: 'kind',
    kind: 'switch',
    sets: 'maintenance',
  },
  {
    flags: '--for <duration>',
    says: 'until it ends by itself, e.g. 2h (default: until someone lifts it)',
    name: 'forMs',
    kind: 'duration',
  },
];

const named = (name: string, description: string): Command =>
  new Command(name).description(description).argument('<database>', 'database of the plan, e.g. shandi');

/** `guard`, `freeze` and `unfreeze`, for the program. */
export function guardCommands(): Command[] {
  const guard = addFields(
    named('guard', 'watch a database from every site, and fail it over when its primary is lost'),
    guardFields,
  )
    .option('--stop', 'end the guard; what it has started goes on')
    .option('--reason <sentence>', 'why (default: watch the database; required with --stop)')
    .option('--by <who>', 'person or role that says so (default: the user you are logged in as)')
    .addHelpText(
      'after',
      `
A guard never ends by itself, so it is started and left alone. Running already is fine: it is shown.
Watch it with \`dr show ${lock}\` or \`dr watch ${lock}\`; keep it from acting with \`dr freeze\`.

Example: dr guard shandi
Example: dr guard shandi --stop --reason "the platform moves house"
plain temporal: ${plainStart(lock, 'dr-control', 'guardDatabase', { database: 'shandi', by: said.by })}
plain temporal: ${plainUpdate(lock, 'abort', said)}
Exit code: 0 it watches, or was stopped, or there was none to stop; 2 bad value, 3 refused, 7 it ended at once, 8 no control plane or no worker.`,
    );
  act(guard, async (context, [database], options) =>
    options['stop']
      ? (await import('./guard-stop.js')).guardStop(context, database ?? '', options)
      : (await import('./guard-start.js')).guardStart(context, database ?? '', options),
  );

  const freeze = addWho(
    addFields(named('freeze', 'let the guard of a database watch, but start nothing by itself'), freezeFields),
  ).addHelpText(
    'after',
    `
A freeze that stands is replaced by a new one. It holds until its time is over or \`dr unfreeze\` lifts it.

Example: dr freeze shandi --for 2h --reason "network work at site primary"
Example: dr freeze shandi --maintenance --for 30m --reason "the platform is restarted"
plain temporal: ${plainUpdate(lock, 'freeze', { kind: 'freeze', forMs: 7_200_000, ...said })}
${exits}`,
  );
  act(freeze, async (context, [database], options) =>
    (await import('./freeze.js')).freeze(context, database ?? '', options),
  );

  const unfreeze = addWho(named('unfreeze', 'let the guard of a database act again')).addHelpText(
    'after',
    `
Example: dr unfreeze shandi --reason "network work done"
plain temporal: ${plainUpdate(lock, 'unfreeze', said)}
${exits}`,
  );
  act(unfreeze, async (context, [database], options) =>
    (await import('./freeze.js')).unfreeze(context, database ?? '', options),
  );
  return [guard, freeze, unfreeze];
}
