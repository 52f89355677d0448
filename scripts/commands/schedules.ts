/** `schedule`: what is started by the clock. What the commands do is in schedule.ts, loaded when needed. */
import { Command } from 'commander';
import { act } from '../lib/act';
import { addWho } from '../lib/options';

const exits = 'Exit code: 0 done, 2 bad value or no such schedule, 8 no control plane.';

/** `schedule apply | list | pause | unpause | trigger | remove`, for the program. */
export function scheduleCommand(): Command {
  const schedule = new Command('schedule').description('start backups and tests by the clock, as the plan says');
  const apply = schedule
    .command('apply')
    .description('make the schedules of the server those of the plan')
    .option('--dry-run', 'change nothing, say what differs')
    .option('--prune', 'also remove schedules of ours that the plan does not have')
    .addHelpText(
      'after',
      `
Creates what is missing, updates what differs, leaves what is equal. A schedule that was paused stays paused.

Example: dr schedule apply --dry-run
plain temporal: temporal schedule describe --schedule-id dr.monthly-restore-test
Exit code: 0 done (with --dry-run: nothing differs), 3 with --dry-run: something differs, or the plan has faults, 8 no control plane.`,
    );
  act(apply, async (context, _args, options) => (await import('./schedule.js')).apply(context, options));

  const list = schedule
    .command('list')
    .description('when each is started next, how the last one ended, what was skipped')
    .addHelpText('after', `\nExample: dr schedule list --json\nplain temporal: temporal schedule list\n${exits}`);
  act(list, async (context) => (await import('./schedule.js')).list(context));

  const word = (name: 'pause' | 'unpause' | 'trigger' | 'remove', description: string, plain: string): void => {
    const command = schedule
      .command(name)
      .description(description)
      .argument('<name>', 'name of the schedule, e.g. monthly-restore-test');
    if (name === 'pause' || name === 'unpause') addWho(command);
    const why = name === 'pause' || name === 'unpause' ? ' --reason "maintenance until noon"' : '';
    command.addHelpText(
      'after',
      `\nExample: dr schedule ${name} monthly-restore-test${why}\nplain temporal: temporal schedule ${plain}\n${exits}`,
    );
    act(command, async (context, [given], options) =>
      (await import('./schedule.js')).word(context, name, given ?? '', options),
    );
  };
  const id = '--schedule-id dr.monthly-restore-test';
  word('pause', 'start nothing by it until it is unpaused', `toggle ${id} --pause --reason WHY`);
  word('unpause', 'let a paused one start again', `toggle ${id} --unpause --reason WHY`);
  word('trigger', 'start it now, once', `trigger ${id}`);
  word('remove', 'take it off the server; `schedule apply` makes it anew', `delete ${id}`);
  return schedule;
}
