/**
 * The `dr` command line; as `temporal-dr` on the PATH it is `temporal dr`. Heavy modules are loaded by the command that needs
 * them, so that help and bad input answer at once.
 */
import { Command, CommanderError } from 'commander';
import { controlCommands } from './commands/control';
import { controlPlaneCommand } from './commands/control-plane';
import { evidenceCommand } from './commands/evidence';
import { guardCommands } from './commands/guards';
import { lookingCommands } from './commands/looking';
import { incidentCommands } from './commands/incident';
import { peopleCommands } from './commands/people';
import { startCommands } from './commands/procedures';
import { recoverCommand } from './commands/recover';
import { backupCommand, siteCommand, testCommand } from './commands/things';
import { reduceCommand } from './commands/reduced';
import { relieveCommand } from './commands/relieve';
import { checkCommand } from './commands/readiness';
import { rescueCommand } from './commands/rescue';
import { scheduleCommand } from './commands/schedules';
import { taskCommands } from './commands/tasks';
import { wordCommands } from './commands/words';
import { complain } from './lib/act';
import { exitCodes, exitTable } from './lib/exit-codes';
import { Fault } from './lib/fault';

/** The command that is asked for: the first word that is no flag, nor the value of a flag of the root. */
export function commandName(root: Command, argv: string[]): string | undefined {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (!word.startsWith('-')) return word;
    const option = root.options.find((one) => one.long === word || one.short === word);
    if (option?.required) index += 1;
  }
  return undefined;
}

function rootCommand(): Command {
  const root = new Command('dr')
    .description('Disaster recovery as durable workflows: start, watch, decide, prove.')
    // The first eleven are the global flags of the `temporal` CLI, which it moves in front when dr runs as its extension.
    .option('-o, --output <format>', 'text, json or jsonl')
    .option('--profile <name>', 'profile of the configuration of the temporal CLI')
    .option('--config-file <path>', 'configuration file of the temporal CLI')
    .option('--env <name>', 'accepted and ignored, as the temporal CLI has replaced it by profiles')
    .option('--env-file <path>', 'accepted and ignored, as --env')
    .option('--log-level <level>', 'accepted and ignored: dr writes no log')
    .option('--log-format <format>', 'accepted and ignored')
    .option('--color <when>', 'always, never or auto')
    .option('--time-format <format>', 'accepted and ignored: times are UTC')
    .option(
      '--command-timeout <duration>',
      'accepted and ignored: each call has its own limit, following has --timeout',
    )
    .option('--client-connect-timeout <duration>', 'accepted and ignored: 5 seconds')
    .option('--address <host:port>', 'address of the Temporal server')
    .option('-n, --namespace <name>', 'Temporal namespace')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Every command takes --json: data to standard output, everything else to standard error. A run is named by its workflow id
(recover.database.shandi), its resource (database.shandi) or its end (shandi).

Example: dr recover database shandi --to-time 2026-11-22T17:29:24Z --reason "orders table dropped by a migration"

Exit codes:
${exitTable()}`,
    );
  for (const command of [
    ...controlCommands(),
    controlPlaneCommand(),
    recoverCommand(),
    rescueCommand(),
    backupCommand(),
    testCommand(),
    siteCommand(),
    scheduleCommand(),
    checkCommand(),
    ...startCommands(),
    ...guardCommands(),
    ...incidentCommands(),
    ...peopleCommands(),
    reduceCommand(),
    relieveCommand(),
    ...taskCommands(),
    ...lookingCommands(),
    evidenceCommand(),
    ...wordCommands(),
  ])
    root.addCommand(command);
  return root;
}

/** Commander hands these down only to commands made after they were set. */
function prepare(command: Command, inherited: Command): void {
  command.exitOverride();
  command.configureOutput({ writeErr: (text) => void process.stderr.write(text), outputError: () => undefined });
  if (command !== inherited && command.commands.length === 0 && !command.options.some((one) => one.long === '--json')) {
    command.option('--json', 'data as JSON to standard output');
  }
  for (const child of command.commands) prepare(child, inherited);
}

/** Commander's own message, made a sentence that says what to do. */
function usageFault(error: CommanderError, name: string | undefined): Fault {
  const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean ([^)]*)\?\)/, '; did you mean $1?');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  const known = name && error.code !== 'commander.unknownCommand';
  return new Fault(
    'input',
    `${sentence}${/[.?!]$/.test(sentence) ? '' : '.'} Nothing was started or changed.`,
    `Expected usage: \`dr ${known ? `${name} ` : ''}--help\` shows it.`,
  );
}

/** Output goes to the standard streams, how it went into the exit code of the process. */
export async function main(argv: string[]): Promise<void> {
  const root = rootCommand();
  const name = commandName(root, argv);
  // The plan brings its schema along; nobody else needs to wait for it.
  if (name === 'plan') root.addCommand((await import('./commands/plan.js')).planCommand());
  else
    root.command('plan').description('check, show and render the recovery plan (plan check, plan show, plan render)');
  prepare(root, root);
  const json =
    argv.includes('--json') || argv.some((word, index) => /^(-o|--output)$/.test(word) && argv[index + 1] === 'json');
  try {
    checkRoot(argv, root);
    if (argv.length === 0) {
      root.outputHelp();
      return;
    }
    await root.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return;
      // A command of commands without a word prints its help instead of a sentence.
      process.exitCode =
        error.code === 'commander.help' ? exitCodes.input.code : complain(usageFault(error, name), json);
    } else process.exitCode = complain(error, json);
  }
}

/** Values of the root's own options. */
function checkRoot(argv: string[], root: Command): void {
  const allowed: Record<string, string[]> = {
    '--output': ['text', 'json', 'jsonl', 'none', 'card', 'table'],
    '--color': ['always', 'never', 'auto'],
  };
  argv.forEach((word, index) => {
    const [flag = '', inline] = word.split(/=(.*)/s);
    const option = root.options.find((one) => one.long === flag || one.short === flag);
    const values = option?.long ? allowed[option.long] : undefined;
    const value = inline ?? argv[index + 1];
    if (values && value !== undefined && !values.includes(value)) {
      throw new Fault('input', `${flag} is "${value}": expected ${values.join(', ')}.`, 'See `dr --help`.');
    }
  });
}

if (require.main === module) void main(process.argv.slice(2));
