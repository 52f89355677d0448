/** Commands that each start one procedure on a database, as data. What they do is in start-procedure.ts, loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { startExits } from '../lib/exit-codes';
import { addFields, approvalTimeout, noFullBackup, planHash, type Field } from '../lib/fields';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart } from '../lib/plain';

export interface ProcedureCommand {
  name: string;
  procedure: 'databaseFailover' | 'databaseSwitchover' | 'reprotectDatabase' | 'databaseRestart';
  description: string;
  /** Options beside those that every one of them takes. */
  fields: Field[];
  /** What a person should know before: who answers the gate, what can be undone. */
  mind: string;
  examples: string[];
}

export const procedureCommands: ProcedureCommand[] = [
  {
    name: 'failover',
    procedure: 'databaseFailover',
    description: 'promote a standby because the primary is lost; the old primary is stopped for good first',
    fields: [
      {
        flags: '--to <service>',
        says: 'standby to promote (default: the one that holds most)',
        name: 'to',
        kind: 'member',
      },
      {
        flags: '--disaster-at <time>',
        says: 'when the primary was lost, if known, e.g. 2026-11-22T17:29:24Z',
        name: 'disasterAt',
        kind: 'time',
      },
      {
        flags: '--ask',
        says: 'a person decides, even where the policy of the plan could',
        name: 'policyMayAnswer',
        kind: 'switch',
        sets: false,
      },
    ],
    mind: 'The policy of the plan answers the gate only where nothing is in doubt: the primary is gone, its fence can be proven, the loss\nis within the RPO, and no standby was named. Else, and with --ask, the run waits for `dr approve`.',
    examples: [
      'dr failover shandi --reason "the primary\'s volume is damaged"',
      'dr failover shandi --to postgres-standby --ask --until person --reason "disk of the primary fails"',
    ],
  },
  {
    name: 'switchover',
    procedure: 'databaseSwitchover',
    description: 'move the primary to a standby as planned: clients wait for a moment, nothing is lost',
    fields: [
      {
        flags: '--to <service>',
        says: 'standby that becomes the primary (default: the one that lags least)',
        name: 'to',
        kind: 'member',
      },
      {
        flags: '--stall-budget <duration>',
        says: 'longest time clients may be held before it is undone, e.g. 800ms (default: the plan)',
        name: 'stallBudgetMs',
        kind: 'duration',
      },
    ],
    mind: 'An approval is never implied: the run stops at its gate until someone answers with `dr approve`. What cannot be done within the\nstall budget is undone. Moving the primary back is the same command again.',
    examples: ['dr switchover shandi --reason "kernel update of the primary\'s host"'],
  },
  {
    name: 'reprotect',
    procedure: 'reprotectDatabase',
    description: 'make every server that does not follow the primary its standby again',
    fields: [
      {
        flags: '--member <service>',
        says: 'server to rebuild (default: every one that does not stream)',
        name: 'member',
        kind: 'member',
      },
      {
        flags: '--fresh',
        says: 'copy the whole database anew instead of rewinding; the old volume is kept',
        name: 'fresh',
        kind: 'switch',
        sets: true,
      },
      noFullBackup,
    ],
    mind: 'A server with no commit of its own is started again or rewound without asking; where commits would be taken back, the run waits\nfor `dr approve`. Moving the primary back is `dr switchover` afterwards.',
    examples: [
      'dr reprotect shandi --reason "standby again after the failover"',
      'dr reprotect shandi --member postgres --fresh --reason "keep the old volume"',
    ],
  },
  {
    name: 'restart',
    procedure: 'databaseRestart',
    description: 'restart the primary in its place, and prove it by a write through the client path',
    fields: [
      {
        flags: '--recreate',
        says: 'make the container anew from the Compose file; the volume stays',
        name: 'recreate',
        kind: 'switch',
        sets: true,
      },
    ],
    mind: 'Where the database does not answer, the policy answers the gate: nobody is interrupted. Else the run waits for `dr approve`.',
    examples: ['dr restart shandi --reason "the server hangs in recovery"'],
  },
];

/** What every one of them takes besides. */
export const fieldsOf = ({ fields }: ProcedureCommand): Field[] => [...fields, planHash, approvalTimeout];

/** One command per procedure of the list above, for the program. */
export const startCommands = (): Command[] =>
  procedureCommands.map((about) => {
    const command = new Command(about.name)
      .description(about.description)
      .argument('<database>', 'database of the plan, e.g. shandi');
    addFollow(addWho(addDetach(addFields(command, fieldsOf(about))))).addHelpText('after', help(about));
    return act(command, async (context, [database], options) =>
      (await import('./start-procedure.js')).startProcedure(context, about, database ?? '', options),
    );
  });

function help({ procedure, mind, examples }: ProcedureCommand): string {
  const input = { database: 'shandi', reason: 'WHY', by: 'YOUR ROLE' };
  return `
${mind}

${examples.map((one) => `Example: ${one}`).join('\n')}
plain temporal: ${plainStart('recover.database.shandi', 'dr-control', procedure, input)}
${startExits}`;
}
