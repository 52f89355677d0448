/** The stock `temporal` command that does the same as ours; printed after every action and in every help. */
import type { Context } from './context';

/** A value as the shell takes it. */
export const quoted = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;

/** The stock command that sends a message to a run and waits until it is taken. */
export const plainUpdate = (id: string, name: string, message: unknown): string =>
  `temporal workflow update execute -w ${quoted(id)} --name ${name} --input ${quoted(JSON.stringify(message))}`;

/** The stock command that starts a procedure. */
export const plainStart = (id: string, queue: string, type: string, input: unknown): string =>
  `temporal workflow start --type ${type} --task-queue ${queue} -w ${id} --id-conflict-policy Fail --input ${quoted(JSON.stringify(input))}`;

/** The stock command that shows a run as JSON. */
export const plainQuery = (id: string): string => `temporal workflow query -w ${quoted(id)} --type run`;

/** Prints the stock command for what was just done, with the connection flags that were used, on standard error. */
export function sayPlain(context: Context, command: string): void {
  context.say(`plain temporal: ${command}${context.connectionFlags}`);
}
