import { Command } from 'commander';
import { act } from '../lib/act';
import { addFollow } from '../lib/options';
import { isReportKind } from '../../workflows/contracts/period';

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
    .description(
      'the report of a run: where it is, or its content; or make the report of a day, week, month, quarter, year',
    )
    .argument(
      '[run]',
      'workflow id, resource or its end (default: the only run under way); or daily, weekly, monthly, quarterly, annual',
    )
    .option('--run-id <id>', 'an earlier execution of the same id')
    .option('--html', 'print the path of the HTML page only')
    .option('--open', 'open the HTML page in the browser of this desktop')
    .option(
      '--period <period>',
      'of a kind: 2026-11-27, 2026-W48, 2026-11, 2026-Q4, 2026 (default: the newest that is over)',
    )
    .option('--send', 'of a kind: send a summary by the channels of the plan')
    .option('--reason <sentence>', 'of a kind: why it is made (default: asked for by hand)')
    .option('--by <who>', 'of a kind: person or role that asks for it (default: the user you are logged in as)')
    .addHelpText(
      'after',
      `\nWith --json the whole report is printed. A report of a period is made by a run (periodicReport, lock report.KIND) and printed as Markdown.
Example: dr report shandi --json > report.json
Example: dr report monthly --period 2026-11 --send
plain temporal: temporal workflow result -w recover.database.shandi\n${exits}`,
    );
  act(report, async (context, [run], options) =>
    isReportKind(run)
      ? (await import('./periodic.js')).periodic(context, run, options)
      : (await import('./report.js')).report(context, run, options),
  );
  return [runs, show, watch, report];
}
