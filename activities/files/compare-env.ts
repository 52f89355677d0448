import type { EnvFileAt, FileFinding } from '../../workflows/contracts/bundle';
import { envEntries } from '../shared/env-entries';
import { writeFileAtomically } from '../shared/write-file';
import { sha256 } from './bundle-file';
import { composeReadsEnv } from './compose-reads';
import { knownOf } from './in-use';
import { keyChanges, lackedKeys, mergeEnv } from './merge-env';
import { plannedFile } from './staging';

/** What is there of a file: its content, or why there is none. */
export type Present = { content: Buffer } | { missing: true } | { unreadable: string };

export interface ComparedEnv {
  /** undefined: nothing that a restore would change. */
  finding: FileFinding | undefined;
  warnings: string[];
}

/**
 * An env file against the bundle's. What is to be written is put beside the staged files: the bundle's text, or the present
 * one with what it lacks, and in either of them what procedures have changed stays as it is.
 */
export async function compareEnv(
  at: EnvFileAt,
  bundle: Buffer,
  present: Present,
  { what, takenAt, signal }: { what: 'missing' | 'all'; takenAt: string; signal: AbortSignal },
): Promise<ComparedEnv> {
  const { path, stateful } = at;
  const former = bundle.toString('utf8');
  const text = 'content' in present ? present.content.toString('utf8') : undefined;
  const state = await judge(at, text, former, signal);
  const merged = mergeEnv({
    bundle: former,
    present: text,
    base: state.mend ? 'present' : 'bundle',
    stateful,
    known: await knownOf(at, text),
    takenAt,
  });
  const then = sha256(merged.text);
  const now = text === undefined ? undefined : sha256(text);
  if (then === now) return { finding: undefined, warnings: [] };
  await writeFileAtomically(plannedFile(path), merged.text, 0o600);
  const keys = keyChanges(text, merged.text);
  const restore = state.state !== 'changed' || what === 'all';
  const state_ = new Set(stateful.map((one) => one.variable));
  // Whatever can still be read of a broken file may be newer than the bundle: a password that was changed since, for one.
  const newer = [...keys.changed, ...keys.removed].filter((key) => !state_.has(key));
  const doubt =
    state.state === 'broken' && newer.length > 0
      ? [`${path} is broken, and can yet be read in part: ${newer.join(', ')} differ from the bundle and may be newer.`]
      : [];
  const finding: FileFinding = {
    path,
    state: state.state,
    says: state.says,
    restore,
    ...(now === undefined ? {} : { now }),
    then,
    keys,
  };
  return { finding, warnings: restore ? [...merged.warnings, ...doubt] : [] };
}

async function judge(
  { path, site }: EnvFileAt,
  text: string | undefined,
  former: string,
  signal: AbortSignal,
): Promise<{ state: 'changed' | 'missing' | 'broken'; says: string; mend?: boolean }> {
  if (text === undefined) return { state: 'missing', says: 'it is not there' };
  if (envEntries(text).garbage || !(await composeReadsEnv(site, path, signal)))
    return { state: 'broken', says: 'Compose cannot read it' };
  const lacked = lackedKeys(text, former);
  if (lacked.length > 0) return { state: 'broken', says: `it lacks ${lacked.join(', ')}`, mend: true };
  return { state: 'changed', says: 'it differs' };
}
