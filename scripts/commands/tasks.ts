import { Command } from 'commander';
import { act } from '../lib/act';
import { addDetach, addFollow, addWho } from '../lib/options';
import { plainStart } from '../lib/plain';
import { startExits } from '../lib/exit-codes';

/** `tasks`, `close-task`. */
export function taskCommands(): Command[] {
  const tasks = new Command('tasks')
    .description('list the open tasks: lessons of reviews, reasons to look at the plan')
    .option('--all', 'closed ones, too')
    .addHelpText(
      'after',
      `
They are read from the reports that finished runs have left on this machine, which must be that of the control worker.

Example: dr tasks --json | jq '.[] | select(.owner == "DevOps Team")'
Exit code: 0 listed.`,
    );
  act(tasks, async (context, _args, options) => (await import('./tasks-say.js')).listTasks(context, options));
  const close = new Command('close-task')
    .description('close an open task: say what was done about it')
    .argument('<task>', 'its name, as `dr tasks` lists it');
  addFollow(addWho(addDetach(close))).addHelpText(
    'after',
    `
Example: dr close-task 2026-11-22-orders-1 --reason "the alert is in place, and was tried"
plain temporal: ${plainStart('task.2026-11-22-orders-1', 'dr-control', 'closeTask', { task: '2026-11-22-orders-1', reason: 'WHAT WAS DONE', by: 'YOUR ROLE' })}
${startExits}`,
  );
  act(close, async (context, [task], options) =>
    (await import('./tasks-say.js')).closeTask(context, task ?? '', options),
  );
  return [tasks, close];
}
