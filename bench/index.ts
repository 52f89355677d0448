/** `npm run bench -- NAME`: side-by-side measurements. Timings live here; no test asserts one. */
import { Command } from 'commander';
import { failoverCommand } from './failover/command';
import { fullSystemCommand } from './full-system/command';
import { pitrCommand } from './pitr/command';

const program = new Command('npm run bench --')
  .description('side-by-side measurements; every bench takes --json')
  .addCommand(pitrCommand())
  .addCommand(failoverCommand())
  .addCommand(fullSystemCommand())
  .showHelpAfterError();

void program.parseAsync();
