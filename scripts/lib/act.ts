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

/** Who acts, if the command line does not say: the user of the shell. */
export const whoami = (): string => process.env['USER'] || process.env['LOGNAME'] || '';
