import { Command } from 'commander';
import { act } from '../lib/act';
import { addFields, planHash } from '../lib/fields';
import { plainStart } from '../lib/plain';

export const readinessFields = [planHash];

/** `check`. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'is everything there that a recovery will need? Backups, archive, standbys, certificates, people, proofs',
    )
    .option('--all', 'print what is well, too (default: what is not, and the sum)')
    .option('--reason <sentence>', 'why; it goes into the report (default: to know before it is needed)')
    .option('--by <who>', 'person or role that asks (default: the user you are logged in as)');
  addFields(command, readinessFields).addHelpText(
    'after',
    `
Everything is looked at at once and judged by itself; what is not known is not ready. Nothing is changed, but for a WAL segment that is
closed to see it arrive. The plan itself is checked by \`dr plan check\`.

Example: dr check --reason "before the season"
plain temporal: ${plainStart('check.readiness', 'dr-control', 'readinessCheck', { reason: 'WHY', by: 'YOUR ROLE' })}
Exit code: 0 ready, 2 bad value, 3 not ready, 7 it could not be looked at, 8 no control plane, 9 a check is under way.`,
  );
  return act(command, async (context, _args, options) =>
    (await import('./check-readiness.js')).check(context, options),
  );
}
