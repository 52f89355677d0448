import { Command } from 'commander';
import { act } from '../lib/act';
import { addFollow } from '../lib/options';

const exits =
  'Exit code: 0 met, 3 refused, 4 objective missed, 5 at a gate, 6 held, 7 failed or undone, 8 no control plane, 10 at work.';

/** `runs`, `show`, `watch`, `report`: they only read. */
export function lookingCommands(): Command[] {
  const runs = new Command('runs')
    .description('list runs: state, verdict, times')
    .option('--all', 'every run the server keeps (default: the newest 20)')
    .option('--running', 'only those under way')
    .addHelpText(
      'after',
      `\nExample: dr runs --json | jq '.[] | select(.state == "held")'\nplain temporal: temporal workflow list --query "DrState = 'held'"\nExit code: 0 listed, 8 no control plane.`,
    );
  act(runs, async (context, _args, options) => (await import('./read.js')).runs(context, options));

  const show = new Command('show')
    .description('show a run once: steps, clock, what it waits for')
    .argument('[run]', 'workflow id, resource or its end, e.g. shandi (default: the only run under way)')
    .option('--run-id <id>', 'an earlier execution of the same id')
    .addHelpText(
      'after',
      `\nExample: dr show shandi\nplain temporal: temporal workflow query -w recover.database.shandi --type run\n${exits}`,
    );
  act(show, async (context, [run], options) => (await import('./read.js')).show(context, run, options));

  const watch = addFollow(
    new Command('watch')
      .description('follow a run: live steps, progress with time left, elapsed against RTO, what it waits for')
      .argument('[run]', 'workflow id, resource or its end (default: the only run under way)')
      .option('--run-id <id>', 'an earlier execution of the same id'),
  ).addHelpText(
    'after',
    `\nCtrl-C stops watching; the run goes on.\nExample: dr watch shandi --until person\nplain temporal: temporal workflow show -w recover.database.shandi --follow\n${exits}`,
  );
  act(watch, async (context, [run], options) => (await import('./read.js')).watch(context, run, options));

  const report = new Command('report')
    .description('the report of a run: where it is, or its content')
    .argument('[run]', 'workflow id, resource or its end (default: the only run under way)')
    .option('--run-id <id>', 'an earlier execution of the same id')
    .option('--html', 'print the path of the HTML page only')
    .option('--open', 'open the HTML page in the browser of this desktop')
    .addHelpText(
      'after',
      `\nWith --json the whole report is printed.\nExample: dr report shandi --json > report.json\nplain temporal: temporal workflow result -w recover.database.shandi\n${exits}`,
    );
  act(report, async (context, [run], options) => (await import('./report.js')).report(context, run, options));
  return [runs, show, watch, report];
}
