import { SetUpError } from './errors';
import { run, type RunOptions, type RunResult } from './run';

/**
 * The words to put before a command that needs root: none for root itself, `sudo -n` for a user who may use it without a
 * password (a set-up never stops to ask for one).
 * @param purpose completes "Root rights are needed to …".
 */
async function rootPrefix(purpose: string): Promise<string[]> {
  if (process.getuid?.() === 0) return [];
  const sudo = await run('sudo', ['-n', 'true'], { timeout: 5_000 });
  if (sudo.code === 0) return ['sudo', '-n'];
  throw new SetUpError(
    `Root rights are needed to ${purpose}, and this user is not root and cannot use sudo without a password.`,
    'Run scripts/setup once as root (or after `sudo -v`).',
  );
}

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** The command as it must be started to run as root. @throws SetUpError where this user cannot. */
export async function rootCommand(purpose: string, command: Command): Promise<Command> {
  const [sudo, ...options] = await rootPrefix(purpose);
  return sudo === undefined ? command : [sudo, ...options, ...command];
}

/** Runs a program as root. @throws SetUpError where this user cannot. */
export async function runAsRoot(purpose: string, command: Command, options?: RunOptions): Promise<RunResult> {
  const [program, ...args] = await rootCommand(purpose, command);
  return run(program, args, options);
}
