/** What an env file that is restored says: pure, because a wrong line starts the database on the wrong volume. */
import type { StatefulVariable } from '../../workflows/contracts/bundle';
import { withVariable } from '../shared/env-file';
import { envEntries, envValues } from '../shared/env-entries';

/** What is known of a variable that is state, beside the two texts. */
export interface Known {
  /** Names a volume: it exists on the engine. Undefined: the engine could not be asked. */
  presentExists?: boolean | undefined;
  /** Volume that the service's container has mounted, running or not; or the host that the pooler sends clients to. */
  inUse?: string | undefined;
}

export interface Merge {
  /** Text of the bundle's env file. */
  bundle: string;
  /** Text that is there, readable or not; undefined: there is none. */
  present: string | undefined;
  /** `bundle`: the bundle's text is the base. `present`: only what it lacks is added to the text that is there. */
  base: 'bundle' | 'present';
  stateful: StatefulVariable[];
  known: Record<string, Known>;
  /** UTC; when the bundle was taken. */
  takenAt: string;
}

export interface Merged {
  text: string;
  /** Where the value of each stateful variable was taken from. */
  from: Record<string, 'present' | 'in use' | 'bundle'>;
  warnings: string[];
}

/** What a volume or a host is called; anything else in its place is garbage. */
const plain = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * The text to write. A bundle may be older than the last cut-over, so what procedures change is not taken from it: such a
 * variable keeps the value that stands in the present file; else it gets what is in use; else the bundle's, with a warning.
 */
export function mergeEnv({ bundle, present, base, stateful, known, takenAt }: Merge): Merged {
  const former = envValues(bundle);
  const now = present === undefined ? {} : envValues(present);
  let text = base === 'bundle' || present === undefined ? bundle : withMissing(present, bundle);
  const from: Merged['from'] = {};
  const warnings: string[] = [];
  for (const { variable, what } of stateful) {
    const { presentExists, inUse } = known[variable] ?? {};
    const written = now[variable];
    const believed = written !== undefined && plain.test(written) && presentExists !== false;
    if (believed) {
      from[variable] = 'present';
      text = withVariable(text, variable, written);
      if (inUse !== undefined && inUse !== written)
        warnings.push(
          `${variable}: the env file says ${written} and ${inUse} is in use (${what}). The env file is followed.`,
        );
    } else if (inUse !== undefined) {
      from[variable] = 'in use';
      text = withVariable(text, variable, inUse);
    } else if (former[variable] !== undefined) {
      from[variable] = 'bundle';
      warnings.push(
        `${variable}: nothing here says what it is (${what}), so it is taken from the bundle of ${takenAt}: ${plain.test(former[variable]) ? former[variable] : 'a value that is no name'}. If it was changed since, this starts on old data: look before you approve.`,
      );
    }
  }
  return { text, from, warnings };
}

/** Adds the lines of the variables that a text does not have. */
function withMissing(text: string, other: string): string {
  const there = new Set(Object.keys(envValues(text)));
  const lines = new Map(envEntries(other).entries.map(({ key, raw }) => [key, raw]));
  const added = [...lines].filter(([key]) => !there.has(key)).map(([, raw]) => `${raw}\n`);
  if (added.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${added.join('')}`;
}

/** Keys that `text` lacks and `other` has. */
export function lackedKeys(text: string, other: string): string[] {
  const there = envValues(text);
  return Object.keys(envValues(other)).filter((key) => !(key in there));
}

/** Names of the keys that a change of text adds, takes away and gives another value; never a value. */
export function keyChanges(
  before: string | undefined,
  after: string,
): { added: string[]; removed: string[]; changed: string[] } {
  const [a, b] = [before === undefined ? {} : envValues(before), envValues(after)];
  return {
    added: Object.keys(b).filter((key) => !(key in a)),
    removed: Object.keys(a).filter((key) => !(key in b)),
    changed: Object.keys(b).filter((key) => key in a && a[key] !== b[key]),
  };
}
