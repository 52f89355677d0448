/** What every command is given: where to write, how, and which control plane. */
import type { Command } from 'commander';

export interface GlobalOptions {
  output?: string;
  json?: boolean;
  profile?: string;
  configFile?: string;
  env?: string;
  envFile?: string;
  address?: string;
  namespace?: string;
  color?: string;
  commandTimeout?: string;
}

export interface Context {
  options: GlobalOptions;
  /** Data goes to standard output as one JSON object. */
  json: boolean;
  /** Data, for standard output. */
  out: (text: string) => void;
  /** Progress and hints, for standard error. */
  say: (text: string) => void;
  /** Whether to use colour on standard output. */
  colour: boolean;
  /** Flags that lead a plain `temporal` command to the same place. */
  connectionFlags: string;
}

/** What the global flags and the terminal make of a command: JSON or text, colour or none, which connection. */
export function contextOf(command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const json = options.json === true || options.output === 'json' || options.output === 'jsonl';
  const wish = options.color ?? 'auto';
  const auto = process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return {
    options,
    json,
    out: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void process.stderr.write(`${text}\n`),
    colour: !json && (wish === 'always' || (wish === 'auto' && auto)),
    connectionFlags: [
      ...(options.profile ? [` --profile ${options.profile}`] : []),
      ...(options.address ? [` --address ${options.address}`] : []),
      ...(options.namespace ? [` --namespace ${options.namespace}`] : []),
    ].join(''),
  };
}

/** Data for standard output: JSON with two blanks of indentation. */
export const toJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
