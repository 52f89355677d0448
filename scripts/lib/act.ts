import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { contextOf, type Context } from './context';
import { Fault } from './fault';

type Action = (context: Context, args: string[], options: Record<string, unknown>) => Promise<number>;

/** Runs a command's action and turns what it returns, or throws, into output and exit code. */
export function act(command: Command, action: Action): Command {
  return command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const context = contextOf(self);
    try {
      process.exitCode = await action(context, self.processedArgs as string[], self.opts());
    } catch (error) {
      process.exitCode = complain(error, context.json);
    }
  });
}

/** Prints a failure as a sentence. @returns its exit code */
export function complain(error: unknown, json: boolean): number {
  const exit = error instanceof Fault ? error.exit : 1;
  const message = error instanceof Error ? error.message : String(error);
  const next = error instanceof Fault ? error.next : 'Set DR_DEBUG=1 to see where it came from, and report it.';
  process.stderr.write(`${message}\n${next ? `${next}\n` : ''}`);
  if (exit === 1 && process.env['DR_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (json)
    process.stdout.write(`${JSON.stringify({ error: { exit, message, ...(next ? { next } : {}) } }, undefined, 2)}\n`);
  return exit;
}

/** Who acts, if the command line does not say: the user of the shell, else of the process; empty when neither has a name. */
export function whoami(userOfProcess: () => string = () => userInfo().username): string {
  const told = process.env['USER'] || process.env['LOGNAME'];
  if (told) return told;
  try {
    return userOfProcess();
  } catch {
    // A user id without an entry in the password file, as in a container.
    return '';
  }
}
