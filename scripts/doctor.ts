import { everyday } from './set-up/component';
import { components } from './set-up/components';
import { outcomeLines } from './set-up/print';
import { complete, runComponents, withNeeds } from './set-up/runner';

export interface DoctorOptions {
  /** Print one JSON document instead of text. Default: false. */
  json?: boolean;
  /** Where the output goes. Default: standard output. */
  print?: (text: string) => void;
}

/**
 * Looks at everything the set-up provides and says how to mend what is missing. Changes nothing.
 * @returns the exit code: 0 when all is in place, 1 when something is missing.
 */
export async function doctor({
  json = false,
  print = (text) => console.log(text),
}: DoctorOptions = {}): Promise<number> {
  const node = { name: 'node', title: 'Node.js', result: 'present', detail: process.versions.node };
  if (!json) print(`${'ok'.padEnd(8)} ${node.title.padEnd(16)} ${'0.0 s'.padStart(8)}  ${node.detail}`);
  const outcomes = await runComponents(withNeeds(everyday, components), {
    check: true,
    onOutcome: (outcome) => {
      if (!json) outcomeLines(outcome).forEach((line) => print(line));
    },
    onProgress: () => undefined,
  });
  const ok = complete(outcomes);
  if (json) {
    const found = outcomes.map(({ component: { name, title }, result, detail, remedy }) => ({
      name,
      title,
      result,
      detail,
      remedy,
    }));
    print(JSON.stringify({ ok, components: [node, ...found] }, null, 2));
  } else {
    print(
      ok
        ? '\nEverything is in place.'
        : '\nSomething is missing. scripts/setup provides it; where it cannot, do what the arrow says.',
    );
  }
  return ok ? 0 : 1;
}
