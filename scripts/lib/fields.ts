/** Options that fill fields of an input, as data: how they are typed, and which field they fill. Read in input.ts. */
import { Option, type Command } from 'commander';

export interface Field {
  /** As Commander takes it: `--to <service>`. */
  flags: string;
  /** For the help. */
  says: string;
  /** Field of the input. */
  name: string;
  /** How the text is read; default: as it stands. `member`: a server of the database. `switch`: nothing is typed after it. */
  kind?: 'duration' | 'number' | 'time' | 'member' | 'switch';
  /** What a switch puts into its field. */
  sets?: boolean | string;
  default?: string;
}

/** Adds an option per field of an input to a command. */
export function addFields(command: Command, fields: readonly Field[]): Command {
  for (const field of fields) {
    const option = new Option(field.flags, field.says);
    command.addOption(field.default === undefined ? option : option.default(field.default));
  }
  return command;
}

/** `--to` of `--to <service>`. */
export const flagOf = ({ flags }: Field): string => flags.split(' ')[0] ?? flags;

/** What was typed for it; undefined when nothing was. */
export function typedFor({ flags, kind, sets }: Field, options: Record<string, unknown>): unknown {
  const option = new Option(flags);
  const value = options[option.attributeName()];
  if (kind !== 'switch') return value;
  // Commander hands a --no-x over as x, which is true until it is given.
  return value === !option.negate ? sets : undefined;
}

export const planHash: Field = {
  flags: '--plan-hash <sha256>',
  says: 'refuse to run under any other plan',
  name: 'planHash',
};
export const approvalTimeout: Field = {
  flags: '--approval-timeout <duration>',
  says: 'how long a gate stays open, e.g. 30m (default: the plan)',
  name: 'approvalTimeoutMs',
  kind: 'duration',
};
export const noFullBackup: Field = {
  flags: '--no-full-backup',
  says: 'take no full backup afterwards; the report names the exposure',
  name: 'fullBackup',
  kind: 'switch',
  sets: false,
};
