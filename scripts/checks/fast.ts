import { bin, runCheck, type Ended } from './run';

/** Everything that needs no server: types, lint, format, unit tests, replay of saved histories, the workflow bundle. */
export async function fastChecks(): Promise<Ended[]> {
  // Two at a time: they are all bound by the processor, and two cores are the smallest machine this is meant for.
  const lanes: [string, string, string[]][][] = [
    [
      ['types', bin('tsc'), ['--noEmit']],
      ['unit', bin('mocha'), ['test/unit/**/*.test.ts']],
    ],
    [
      ['lint', bin('eslint'), ['.', '--cache', '--cache-location', '.dr/eslintcache']],
      ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
      ['replay and bundle', bin('mocha'), ['test/replay/**/*.test.ts']],
    ],
  ];
  const ended: Ended[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const [name, command, args] of lane) {
        const one = await runCheck(name, command, args);
        ended.push(one);
        if (!one.ok) process.stdout.write(`${one.output}\n`);
      }
    }),
  );
  return ended;
}
