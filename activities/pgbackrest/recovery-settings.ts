/** A target in pgBackRest's and PostgreSQL's words. Pure functions. */
import type { RecoveryTarget } from '../../workflows/contracts/recovery';
import { utcMicros } from './moments';

/** Where and on which timeline a restored copy shall stop. */
export interface RecoverySettings {
  target: RecoveryTarget;
  /** Timeline of the backup. */
  backupTimeline: number;
  /** Timeline of the target. */
  timeline: number;
}

/**
 * Options of `pgbackrest restore` for a target (pgBackRest command reference, "restore"). `latest` becomes a standby
 * without a primary: it replays all there is and stays readable, where `default` would promote unseen. The timeline is
 * never left to pgBackRest's default `latest`, which follows whichever history was made last.
 */
export function restoreOptions(settings: RecoverySettings): string[] {
  const { target } = settings;
  const timeline = `--target-timeline=${timelineSetting(settings)}`;
  const exclusive = 'stop' in target && target.stop === 'before' ? ['--target-exclusive'] : [];
  if (target.kind === 'latest') return ['--type=standby', timeline];
  return [`--type=${target.kind}`, `--target=${targetValue(target)}`, timeline, '--target-action=pause', ...exclusive];
}

/** The lines `postgresql.auto.conf` must hold after such a restore. */
export function expectedSettings(settings: RecoverySettings): Record<string, string> {
  const { target } = settings;
  const common = { archive_mode: 'off', recovery_target_timeline: timelineSetting(settings) };
  if (target.kind === 'latest') return common;
  return {
    ...common,
    [`recovery_target_${target.kind}`]: targetValue(target),
    ...('stop' in target && target.stop === 'before' ? { recovery_target_inclusive: 'false' } : {}),
    // `recovery_target_action = 'pause'` is PostgreSQL's default, and pgBackRest leaves defaults out
  };
}

/** The settings PostgreSQL would use: the last line of each name counts. */
export function parseAutoConf(text: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const found = /^\s*(\w+)\s*=\s*'((?:[^']|'')*)'/.exec(line);
    if (found?.[1]) settings[found[1]] = (found[2] ?? '').replaceAll("''", "'");
  }
  return settings;
}

/** Names and values that differ from what a restore with these settings leaves; empty: it is this very restore. */
export function differingSettings(settings: RecoverySettings, autoConf: string): string[] {
  const found = parseAutoConf(autoConf);
  const expected = expectedSettings(settings);
  const wrong = Object.entries(expected)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => `${name} is ${JSON.stringify(found[name] ?? null)}, expected ${JSON.stringify(value)}`);
  const foreign = Object.keys(found).filter(
    (name) => /^recovery_target(_time|_xid|_lsn|_name|_inclusive)?$/.test(name) && !(name in expected),
  );
  return [...wrong, ...foreign.map((name) => `${name} is set to ${JSON.stringify(found[name])}, expected it unset`)];
}

function timelineSetting(settings: RecoverySettings): string {
  return settings.timeline === settings.backupTimeline ? 'current' : String(settings.timeline);
}

/** PostgreSQL takes a numeric offset; every time is turned to UTC, microseconds kept. */
function targetValue(target: Exclude<RecoveryTarget, { kind: 'latest' }>): string {
  switch (target.kind) {
    case 'time':
      return `${utcMicros(target.time)}+00`;
    case 'lsn':
      return target.lsn;
    case 'xid':
      return target.xid;
    case 'name':
      return target.name;
  }
}
