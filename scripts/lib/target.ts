/** The recovery target as options; `recover database` and `retarget` take the same ones. */
import type { Command } from 'commander';

const forms = [
  ['toTime', '--to-time'],
  ['toLsn', '--to-lsn'],
  ['toXid', '--to-xid'],
  ['toName', '--to-name'],
  ['latest', '--latest'],
] as const;

/** Adds the options that choose a recovery target, of which exactly one must be given: see `targetOf`. */
export const addTarget = (command: Command): Command =>
  command
    .option(
      '--to-time <time>',
      'the state at a moment, with its offset: 2026-11-22T17:29:24Z or "2026-11-22 17:29:24+01:00"',
    )
    .option('--to-lsn <lsn>', 'the state at a WAL position, e.g. 0/C2D216C8')
    .option('--to-xid <xid>', 'the state at the commit of a transaction')
    .option('--to-name <name>', 'the state at a named restore point')
    .option('--latest', 'everything the archive holds')
    .option('--before', 'with --to-lsn or --to-xid: stop just before it (default)')
    .option('--after', 'with --to-lsn or --to-xid: stop just after it');

/** Names of the options by the path of the input they fill; for sentences about faults. */
export const targetOptionOf: Record<string, string> = {
  'target.time': '--to-time',
  'target.lsn': '--to-lsn',
  'target.xid': '--to-xid',
  'target.name': '--to-name',
};

/** The first fault of each value: a text that has not the form fails what is asked of its content, too. */
export const firstIssues = <I extends { path: PropertyKey[] }>(issues: readonly I[]): I[] =>
  issues.filter((issue, index) => issues.findIndex((one) => one.path.join('.') === issue.path.join('.')) === index);

/** The target, not yet checked against its schema; undefined when the options do not name exactly one. */
export function targetOf(options: Record<string, unknown>, faults: string[]): Record<string, unknown> | undefined {
  const given = forms.filter(([key]) => options[key] !== undefined && options[key] !== false);
  const all = forms.map(([, flag]) => flag).join(', ');
  if (given.length === 0) faults.push(`The target is missing: expected exactly one of ${all}.`);
  if (given.length > 1)
    faults.push(
      `The target is given ${given.length} times (${given.map(([, flag]) => flag).join(' and ')}): expected exactly one of ${all}.`,
    );
  const { before, after } = options;
  if (before && after) faults.push('--before and --after are both given: expected one of them.');
  const [key, flag] = given[0] ?? [];
  const sided = key === 'toLsn' || key === 'toXid';
  if ((before || after) && key && !sided) {
    faults.push(
      `${before ? '--before' : '--after'} does not go with ${flag}: expected it with --to-lsn or --to-xid only.`,
    );
  }
  if (given.length !== 1 || !key) return undefined;
  const stop = sided ? { stop: after ? 'after' : 'before' } : {};
  switch (key) {
    case 'toTime':
      return { kind: 'time', time: options[key] };
    case 'toLsn':
      return { kind: 'lsn', lsn: options[key], ...stop };
    case 'toXid':
      return { kind: 'xid', xid: options[key], ...stop };
    case 'toName':
      return { kind: 'name', name: options[key] };
    case 'latest':
      return { kind: 'latest' };
  }
}
