import { Command, InvalidArgumentError } from 'commander';
import { buildImages } from './images/build';
import { backupSiteUp, ensureState, ensureVolumes, platformDown, platformStatus, platformUp } from './lifecycle';
import { checkProject } from './lifecycle/layout';

function offset(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 50_000)
    throw new InvalidArgumentError('expected a whole number from 0 to 50000, added to every port of the plan.');
  return value;
}

const stacks = ['prod', 'test', 'drill'] as const;
type StackName = (typeof stacks)[number];

function stack(text: string): StackName {
  const found = stacks.find((one) => one === text);
  if (!found) throw new InvalidArgumentError(`expected one of ${stacks.join(', ')}.`);
  return found;
}

function siteName(text: string): 'primary' | 'backup' {
  if (text !== 'primary' && text !== 'backup') throw new InvalidArgumentError(`expected 'primary' or 'backup'.`);
  return text;
}

interface UpCommand {
  project: string;
  ports?: number;
  stack: StackName;
  site: 'primary' | 'backup';
  json?: boolean;
}

function print(lines: [string, string][]): void {
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, text] of lines) console.log(`  ${name.padEnd(width)}  ${text}`);
}

const program = new Command('npm run platform --').description('The Shandi stand-in that recoveries are tried on');

program
  .command('up')
  .description('build what is missing, start everything, return when it works')
  .option('--project <name>', 'compose project', 'shandi')
  .option('--ports <offset>', 'added to every port of the plan (default: the ports the project has)', offset)
  .option(
    '--stack <name>',
    'prod, test (nothing restarts by itself), or drill (and its network leads nowhere)',
    stack,
    'prod',
  )
  .option(
    '--site <name>',
    'primary, or backup: its database follows, the rest is made and not started',
    siteName,
    'primary',
  )
  .option('--json', 'print the result as JSON')
  .action(async (options: UpCommand) => {
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    await buildImages((line) => log(`         ${line}`));
    const { project, stack, site } = options;
    const result =
      site === 'backup'
        ? await backupSiteUp({ project, log })
        : await platformUp({ project, portOffset: options.ports, stack, log });
    if (options.json) return console.log(JSON.stringify(result));
    const what = site === 'backup' ? `The backup site ${result.project} stands by` : `The platform ${project} is up`;
    console.log(`${what} after ${result.seconds.toFixed(1)} s:`);
    print([...Object.entries(result.addresses), ['secrets', result.envFile]]);
  });

program
  .command('prepare')
  .description('write the state directory and make the volumes of a copy or of the backup site, start nothing')
  .requiredOption('--project <name>', 'compose project')
  .option('--ports <offset>', 'added to every port of the plan (default: the ports the project has)', offset)
  .option('--backup', 'the backup site: its pooler begins with its own standby')
  .action(async (options: { project: string; ports?: number; backup?: boolean }) => {
    const project = checkProject(options.project);
    // The certificate is made in one of them.
    await buildImages((line) => void process.stderr.write(`         ${line}\n`));
    await ensureVolumes(project, await ensureState(project, options.ports, options.backup ? 'backup' : 'prod'));
    console.log(`platform/state/${project}/.env and the volumes of ${project} are ready.`);
  });

program
  .command('down')
  .description('remove its containers, networks, volumes and state, and nothing else')
  .option('--project <name>', 'compose project', 'shandi')
  .option('--json', 'print the result as JSON')
  .action(async (options: { project: string; json?: boolean }) => {
    const result = await platformDown({ project: options.project });
    if (options.json) return console.log(JSON.stringify(result));
    const { containers, networks, volumes } = result;
    console.log(
      `Removed of ${result.project}: ${containers} containers, ${networks} networks, ${volumes} volumes, the state.`,
    );
  });

program
  .command('status')
  .description('what works now; exit code 1 when something does not')
  .option('--project <name>', 'compose project', 'shandi')
  .option('--json', 'print the result as JSON')
  .action(async (options: { project: string; json?: boolean }) => {
    const status = await platformStatus({ project: options.project });
    process.exitCode = status.ok ? 0 : 1;
    if (options.json) return console.log(JSON.stringify(status));
    const seconds = (age: number | null): string => (age === null ? 'cannot be read' : `${age.toFixed(1)} s old`);
    console.log(`${status.project}: ${status.ok ? 'works' : 'does not work as a whole'}`);
    print([
      ...status.services.map(({ name, container, healthy }): [string, string] => [
        name,
        healthy === undefined ? container : `${container}, ${healthy ? 'healthy' : 'not healthy'}`,
      ]),
      ['primary', status.database.primary],
      ['heartbeat', seconds(status.database.heartbeatAge)],
      ['heartbeat on standby', seconds(status.database.standbyHeartbeatAge)],
      ['backups', String(status.database.backups ?? 'cannot be read')],
      ['last archived WAL', status.database.lastArchivedWal ?? 'none'],
    ]);
  });

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
