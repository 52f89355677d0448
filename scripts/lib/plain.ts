/** The stock `temporal` command that does the same as ours; printed after every action and in every help. */
import type { Context } from './context';

/** A value as the shell takes it. */
export const quoted = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;

export const plainUpdate = (id: string, name: string, message: unknown): string =>
  `temporal workflow update execute -w ${quoted(id)} --name ${name} --input ${quoted(JSON.stringify(message))}`;

export const plainStart = (id: string, queue: string, type: string, input: unknown): string =>
  `temporal workflow start --type ${type} --task-queue ${queue} -w ${id} --id-conflict-policy Fail --input ${quoted(JSON.stringify(input))}`;

export const plainQuery = (id: string): string => `temporal workflow query -w ${quoted(id)} --type run`;

export function sayPlain(context: Context, command: string): void {
  context.say(`plain temporal: ${command}${context.connectionFlags}`);
}
