/** `npm run bench -- NAME`: side-by-side measurements. Timings live here; no test asserts one. */
import { Command } from 'commander';
import { pitrCommand } from './pitr/command';

const program = new Command('npm run bench --')
  .description('side-by-side measurements; every bench takes --json')
  .addCommand(pitrCommand())
  .showHelpAfterError();

void program.parseAsync();
