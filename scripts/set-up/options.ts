import { parseArgs } from 'node:util';
import { componentNames, everyday, type ComponentName } from './component';

export interface SetUpOptions {
  /** The components asked for; by default all but the browser, which one test needs. Their needs come on top. */
  only: readonly ComponentName[];
  /** Look only. */
  check: boolean;
  help: boolean;
}

export const usage = `Usage: scripts/setup [--check] [--only <names>]

Provides what the demo and the tests need on this machine, and skips what is there already.

  --check          look only; ends with 1 when something is missing
  --only <names>   only these and what they need, separated by commas:
                   node, ${componentNames.join(', ')}
                   (the browser only when it is named: it is for a test)
  --help           this text
`;

const isComponentName = (name: string): name is ComponentName => (componentNames as readonly string[]).includes(name);

/**
 * Reads the command line of the set-up. `node` is taken care of before this program can run and is accepted as done.
 * @throws Error with a sentence for an unknown option or name.
 */
export function parseOptions(args: readonly string[]): SetUpOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const names = values.only?.split(',').map((name) => name.trim()) ?? [...everyday];
  const only: ComponentName[] = [];
  for (const name of names) {
    if (isComponentName(name)) only.push(name);
    else if (name !== 'node') {
      throw new Error(
        `--only: "${name}" is not a component; expected one or more of node, ${componentNames.join(', ')}, separated by commas.`,
      );
    }
  }
  return { only, check: values.check ?? false, help: values.help ?? false };
}
