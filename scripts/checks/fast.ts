import { bin, runCheck, type Ended } from './run';

/** Everything that needs no server: types, lint, format, unit tests, replay of saved histories, the workflow bundle. */
export async function fastChecks(): Promise<Ended[]> {
  // Two at a time: they are all bound by the processor, and two cores are the smallest machine this is meant for. What each
  // of the first three has found is kept in .dr, and only what changed since is looked at again.
  const cache = (name: string): string[] => ['--cache', '--cache-location', `.dr/${name}`];
  const lanes: [string, string, string[]][][] = [
    [
      ['unit', bin('mocha'), ['test/unit/**/*.test.ts']],
      ['format', bin('prettier'), ['--check', '--log-level', 'warn', ...cache('prettiercache'), '.']],
    ],
    [
      ['types', bin('tsc'), ['--noEmit', '--incremental', '--tsBuildInfoFile', '.dr/tsbuildinfo']],
      ['lint', bin('eslint'), ['.', ...cache('eslintcache')]],
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
