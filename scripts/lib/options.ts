/** Options that several commands share, and how their values are read. */
import type { Command } from 'commander';
import { whoami } from './act';
import { quoted } from './plain';

/** Adds `--reason` and `--by`: what everybody who decides something has to say. */
export const addWho = (command: Command): Command =>
  command
    .option('--reason <sentence>', 'why; it goes into the report (required)')
    .option('--by <who>', 'person or role that says so (default: the user you are logged in as)');

/** `by` and `reason` of a message. Pushes a sentence for each that is missing. @param typed what was typed after `./dr` */
export function who(
  options: Record<string, unknown>,
  faults: string[],
  user = whoami(),
  typed = process.argv.slice(2),
): { by: string; reason: string } {
  const by = String(options['by'] ?? user).trim();
  const reason = String(options['reason'] ?? '').trim();
  if (options['reason'] === undefined)
    faults.push('--reason is missing: expected why, in a sentence; it goes into the report.');
  else if (reason === '') faults.push('--reason is "": expected why, in a sentence; it goes into the report.');
  else if (reason.length > 2000) faults.push(`--reason has ${reason.length} characters: expected 2000 at most.`);
  if (by === '')
    faults.push(
      options['by'] === undefined
        ? `--by is missing, and neither the shell nor the system names a user: ./dr ${typed.map(quoted).join(' ')} --by "on-call DBA"`
        : '--by is "": expected a person or a role, e.g. "on-call DBA".',
    );
  else if (by.length > 200) faults.push(`--by has ${by.length} characters: expected 200 at most.`);
  return { by, reason };
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `15m`, `1h30m` in milliseconds; a bare number is refused, nobody can tell what it counts. */
export function durationOption(name: string, value: unknown, faults: string[]): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (!/^(?:\d+(?:ms|[smhd]))+$/.test(text)) {
    faults.push(`${name} is "${text}": expected a duration with its unit, such as 30s, 15m or 1h30m.`);
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhd])/g))
    total += Number(amount) * units[unit as keyof typeof units];
  return total;
}

/** Adds `--detach` to a command that would follow what it starts. */
export const addDetach = (command: Command): Command => command.option('--detach', 'start it and return at once');

/** Adds `--until` and `--timeout` to a command that follows a run. */
export const addFollow = (command: Command): Command =>
  command
    .option('--until <what>', 'follow until `end`, or until a `person` is needed', 'end')
    .option('--timeout <duration>', 'stop following after this long, e.g. 30s (default: never)');

/** What was asked of following. Pushes a sentence per wrong value. `timeout` in milliseconds; absent: never */
export function followOptions(
  options: Record<string, unknown>,
  faults: string[],
): { until: 'end' | 'person'; timeout?: number } {
  const until = String(options['until'] ?? 'end');
  if (until !== 'end' && until !== 'person') faults.push(`--until is "${until}": expected end or person.`);
  const timeout = durationOption('--timeout', options['timeout'], faults);
  return { until: until === 'person' ? 'person' : 'end', ...(timeout === undefined ? {} : { timeout }) };
}
