import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, planHash } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart } from '../lib/plain';
import type { ThingCommand } from './things';

const relieve: ThingCommand = {
  command: 'relieve',
  procedure: 'relieveResources',
  description: 'find what uses up memory, disk or connections, and relieve it as far as the plan allows',
  fields: [
    {
      flags: '--ask',
      says: 'a person decides about every measure, also about those the plan calls automatic',
      name: 'policyMayAnswer',
      kind: 'switch',
      sets: false,
    },
    planHash,
    approvalTimeout,
  ],
  mind: "Nothing is removed, limited, restarted or ended that `resources` of the plan does not name; PostgreSQL's data and WAL never are.",
  examples: ['dr relieve --reason "the disk of the content service is full"'],
  plain: { id: 'recover.resources', input: { reason: 'WHY', by: 'YOUR ROLE' } },
};

/** `relieve`. */
export function relieveCommand(): Command {
  const command = new Command('relieve').description(relieve.description);
  addFollow(addWho(addDetach(addFields(command, relieve.fields)))).addHelpText(
    'after',
    `
${relieve.mind}

${relieve.examples.map((one) => `Example: ${one}`).join('\n')}
plain temporal: ${plainStart(relieve.plain.id, 'dr-control', relieve.procedure, relieve.plain.input)}
${startExits}`,
  );
  return act(command, async (context, _args, options) =>
    (await import('./start-on.js')).startOn(context, relieve, '', options),
  );
}
