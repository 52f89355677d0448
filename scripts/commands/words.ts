import { Argument, Command } from 'commander';
import { act } from '../lib/act';
import { addWho } from '../lib/options';
import { addTarget } from '../lib/target';

const whichRun = 'workflow id, resource or its end, e.g. shandi';
const runArgument = ['[run]', `${whichRun} (default: the only run under way)`] as const;
const exits =
  'Exit code: 0 taken, 2 bad value, 3 the run refused it (the reason is printed), 8 no control plane or no worker.';

function help(example: string, name: string, message: string): string {
  return `\nExample: ${example}\nplain temporal: temporal workflow update execute -w recover.database.shandi --name ${name} --input '${message}'\n${exits}`;
}

/** Commands that say a word to a run. */
export function wordCommands(): Command[] {
  const answer = (name: 'approve' | 'reject', description: string): Command => {
    const command = addWho(
      new Command(name)
        .description(description)
        .argument(...runArgument)
        .option('--card <hash>', 'hash printed on the card you read (required)'),
    ).addHelpText(
      'after',
      help(
        `dr ${name} shandi --card 3f9c0a7712de --reason "loss accepted by the CTO"`,
        name,
        '{"card":"3f9c0a7712de","by":"YOUR ROLE","reason":"WHY"}',
      ),
    );
    return act(command, async (context, [run], options) =>
      (await import('./say.js')).answer(context, name, run, options),
    );
  };
  const word = (name: 'pause' | 'resume' | 'abort', description: string): Command => {
    const command = addWho(new Command(name).description(description).argument(...runArgument)).addHelpText(
      'after',
      help(`dr ${name} shandi --reason "waiting for the vendor"`, name, '{"by":"YOUR ROLE","reason":"WHY"}'),
    );
    return act(command, async (context, [run], options) =>
      (await import('./say.js')).word(context, name, run, options),
    );
  };

  const resolve = addWho(
    new Command('resolve')
      .description('say how a held run goes on: retry the step, skip it on record, or abort and undo')
      .argument('<run>', whichRun)
      .addArgument(new Argument('<action>', 'what to do').choices(['retry', 'skip', 'abort'])),
  ).addHelpText(
    'after',
    help(
      'dr resolve shandi retry --reason "disk freed"',
      'resolve',
      '{"action":"retry","by":"YOUR ROLE","reason":"WHY"}',
    ),
  );
  act(resolve, async (context, [run, action], options) =>
    (await import('./say.js')).resolve(context, run, action ?? '', options),
  );

  const retarget = addWho(
    addTarget(
      new Command('retarget').description('choose another target while the gate is open').argument(...runArgument),
    ),
  ).addHelpText(
    'after',
    help(
      'dr retarget shandi --to-xid 48213 --before --reason "one transaction earlier"',
      'retarget',
      '{"target":{"kind":"xid","xid":"48213","stop":"before"},"by":"YOUR ROLE","reason":"WHY"}',
    ),
  );
  act(retarget, async (context, [run], options) => (await import('./say.js')).retarget(context, run, options));

  return [
    answer('approve', 'say yes to the card that is open now'),
    answer('reject', 'say no to the open card; the run undoes what it did and ends'),
    resolve,
    word('pause', 'pause a run before its next step'),
    word('resume', 'let a paused run go on'),
    word('abort', 'abort a run and undo what it did, newest first'),
    retarget,
  ];
}
