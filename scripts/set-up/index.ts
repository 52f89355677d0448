import { components } from './components';
import { messageOf } from './errors';
import { parseOptions, usage } from './options';
import { outcomeLines, progressLine } from './print';
import { complete, runComponents, withNeeds } from './runner';

/** The part of `scripts/setup` that needs Node's packages. Ends with 0 (all in place), 1 (something is missing) or 2 (bad command line). */
async function main(): Promise<number> {
  let options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const outcomes = await runComponents(withNeeds(options.only, components), {
    check: options.check,
    onOutcome: (outcome) => outcomeLines(outcome).forEach((line) => console.log(line)),
    onProgress: (component, line) => console.log(progressLine(component, line)),
  });
  return complete(outcomes) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
