import { Argument, Command } from 'commander';
import { act } from '../lib/act';
import { addFields, planHash, type Field } from '../lib/fields';
import { addWho } from '../lib/options';
import { plainStart, plainUpdate } from '../lib/plain';

/** Options of `reduce` beside the mode. */
export const reduceFields: Field[] = [
  {
    flags: '--for <duration>',
    says: 'after which it is lifted by itself, e.g. 30m (default: 30m)',
    name: 'forMs',
    kind: 'duration',
  },
  planHash,
];

const who = { reason: 'WHY', by: 'YOUR ROLE' };

/** `reduce`: what it does is in reduce.ts, loaded when needed. */
export function reduceCommand(): Command {
  const command = new Command('reduce')
    .description('have the gateway serve less for a while, or say what it serves now')
    .addArgument(
      new Argument('[mode]', 'what is served; without it, how it stands is shown').choices([
        'maintenance',
        'critical-only',
        'off',
      ]),
    );
  addWho(addFields(command, reduceFields)).addHelpText(
    'after',
    `
maintenance keeps every client out; critical-only leaves the essential services of the plan open. Clients get 503 with Retry-After and a page.
off lifts it: by a word to the run that has it, or, where that run has ended or somebody did it by hand, by a run of its own.

Example: dr reduce maintenance --for 30m --reason "move of the database"
Example: dr reduce off --reason "done"
plain temporal: ${plainStart('reduce.gateway', 'dr-control', 'reducedFunctionality', { mode: 'maintenance', forMs: 1_800_000, ...who })}
plain temporal: ${plainUpdate('reduce.gateway', 'lift', who)}
Exit code: 0 done, 2 bad value, 3 refused, 6 held, 8 no control plane, 9 a mode is on already.`,
  );
  return act(command, async (context, [mode], options) => (await import('./reduce.js')).reduce(context, mode, options));
}
